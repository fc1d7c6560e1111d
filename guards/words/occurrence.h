#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "guards/word.h"

namespace kedge::guards {

/// Something that happened earlier in the episode: a successful result of one of some tools,
/// perhaps with the same key as the call under judgement.
struct Occurrence {
  ToolSet tools;
  std::optional<KeySpecId> same;
  std::string described;  ///< "verify_customer" or "get_order with the same order_id"

  /// Reads {tool | tool_group | effect, except, same}.
  static Occurrence Read(const Node& node, WordContext& context);
  bool Follows(EventType type, ToolId tool) const {
    return type == EventType::kToolResult && tools.Has(tool);
  }
};

/// Whether it happened, so far in one episode.
class OccurrenceLog {
 public:
  explicit OccurrenceLog(const Occurrence& occurrence) : occurrence_(occurrence) {}

  /// Takes note of a result that the Occurrence follows.
  void Follow(const EventView& event);
  /// True if it happened for the key of `event`; an error result when that has no key.
  struct Answer {
    bool happened = false;
    CheckResult error;
  };
  Answer Happened(const EventView& event) const;
  void Reset();

 private:
  const Occurrence& occurrence_;
  bool any_ = false;
  std::vector<bool> by_key_;
};

}  // namespace kedge::guards
