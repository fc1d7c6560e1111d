#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "guards/word.h"

namespace kedge::guards {

/// True for an event that the agent hears: its own turn begins anew after it.
constexpr bool BeginsTurn(EventType type) {
  return type == EventType::kUserMessage || type == EventType::kToolResult;
}

/// Something that happened earlier in the episode: a successful result of one of some tools (or
/// another kind of event), perhaps with the same key as the call under judgement.
struct Occurrence {
  EventType event = EventType::kToolResult;
  ToolSet tools;
  std::optional<KeySpecId> same;
  std::optional<text::JsonSchema> result;  ///< only results that satisfy this
  bool this_turn = false;                  ///< forgotten when the agent's turn begins anew
  ToolSet reset_by;                        ///< a successful result of these forgets everything
  std::string described;  ///< "verify_customer" or "get_order with the same order_id"

  /// Reads {tool | tool_group | effect, except, event, same, result, since, reset_by}.
  static Occurrence Read(const Node& node, WordContext& context);
  bool Happens(EventType type, ToolId tool) const {
    return type == event && (!HasTool(type) || tools.Has(tool));
  }
  bool Resets(EventType type, ToolId tool) const {
    return (this_turn && BeginsTurn(type)) ||
           (type == EventType::kToolResult && reset_by.Has(tool));
  }
  bool Follows(EventType type, ToolId tool) const {
    return Happens(type, tool) || Resets(type, tool);
  }
};

/// Whether it happened, so far in one episode.
class OccurrenceLog {
 public:
  /// `proof`: what cannot be judged counts as not having happened; else as having happened.
  OccurrenceLog(const Occurrence& occurrence, bool proof)
      : occurrence_(occurrence), proof_(proof) {}

  /// Takes note of an event that the Occurrence follows.
  void Follow(const EventView& event);
  /// True if it happened for the key of `event`; an error result when that has no key.
  struct Answer {
    bool happened = false;
    CheckResult error;
  };
  Answer Happened(const EventView& event) const;
  void Reset();

 private:
  bool Forgets(const EventView& event) const;
  bool Counts(const EventView& event) const;

  const Occurrence& occurrence_;
  const bool proof_;
  bool any_ = false;
  std::vector<bool> by_key_;
};

}  // namespace kedge::guards
