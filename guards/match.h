#pragma once

#include <optional>
#include <string>
#include <vector>

#include "guards/event_view.h"
#include "harness/core/document.h"
#include "harness/text/json_schema.h"

namespace kedge::guards {

/// A set of tools of a catalogue, and perhaps every tool that is not in it.
class ToolSet {
 public:
  ToolSet() = default;
  ToolSet(std::size_t catalog_size, bool all) : known_(catalog_size, all), unknown_(all) {}

  bool Has(ToolId id) const {
    return id == kUnknownTool ? unknown_ : known_[static_cast<std::size_t>(id)];
  }
  void Set(ToolId id, bool in) { known_[static_cast<std::size_t>(id)] = in; }
  void ForgetUnknown() { unknown_ = false; }
  bool empty() const;
  std::vector<ToolId> ids() const;

 private:
  std::vector<bool> known_;
  bool unknown_ = false;
};

/// Reads `tool` (name or list), `tool_group` (name or list), `effect` and `except` of `node`: the
/// tools that satisfy all that are given. Without the first three: every tool, unknown ones too.
/// Fails on a name that the catalogue lacks and on a selection of no tool.
ToolSet ReadToolSet(const Node& node, const ToolCatalog& catalog);

/// For people: "verify_customer", "one of a, b, c".
std::string DescribeTools(const ToolSet& tools, const ToolCatalog& catalog);

/// Which events a rule is about.
struct Match {
  EventType event = EventType::kToolCall;
  ToolSet tools;  ///< for events that have a tool
  /// Only calls whose arguments satisfy this. Plain JSON Schema: an absent argument satisfies
  /// `properties`, so leaving one out does not evade the rule.
  std::optional<text::JsonSchema> arguments;
  std::optional<text::JsonSchema> result;  ///< of tool results: only those that satisfy this
  std::vector<std::string> actors;         ///< only events of these; all when empty

  static Match Read(const Node& node, const ToolCatalog& catalog, Resources& resources);

  /// By type and tool alone.
  bool Selects(EventType type, ToolId tool) const {
    return type == event && (!HasTool(type) || tools.Has(tool));
  }
  /// By actor, arguments and result; nullopt when they are too large to tell.
  std::optional<bool> Accepts(const EventView& view) const {
    if (!arguments && !result && actors.empty()) return true;
    return AcceptsParts(view);
  }

 private:
  std::optional<bool> AcceptsParts(const EventView& view) const;
};

}  // namespace kedge::guards
