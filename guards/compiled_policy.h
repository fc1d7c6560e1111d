#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "guards/monitor.h"
#include "guards/receipts.h"
#include "guards/resources.h"
#include "guards/rule.h"

namespace kedge::guards {

inline constexpr std::string_view kArgumentsRule = "arguments";
inline constexpr std::string_view kDefinitionRule = "definition";
inline constexpr std::string_view kEventRule = "event";
inline constexpr std::string_view kUnknownToolRule = "unknown_tool";

/// An episode that shows what a rule means.
struct Example {
  std::size_t rule = 0;             ///< index into Compiled::rules
  std::optional<Verdict> violates;  ///< the verdict that its last event must draw
  std::vector<Event> events;
  Node node;  ///< where it is written
};

/// Which rules judge, and which words hear of, the events of one type and tool.
struct DispatchEntry {
  std::vector<std::size_t> rules;    ///< indices into Compiled::rules
  std::vector<std::size_t> follows;  ///< indices of words, counted over all rules
};

/// A policy ready to judge. Rules point into it: it never moves.
struct Policy::Compiled {
  ToolCatalog catalog;
  Resources resources;
  ResultSpec unknown_result;  ///< of tools that the catalogue lacks
  AskLimits ask_limits;
  KeySpecs keys;
  Verdict unknown_tool = Verdict::kDeny;
  std::vector<std::unique_ptr<Rule>> rules;
  std::vector<Example> examples;
  std::string digest;

  /// Fills the dispatch table; call once, after the last rule.
  void Index();
  const DispatchEntry& Dispatch(EventType type, ToolId tool) const {
    const std::size_t column = HasTool(type) ? static_cast<std::size_t>(tool + 1) : 0;
    return dispatch_[static_cast<std::size_t>(type)][column];
  }

 private:
  DispatchEntry Entry(EventType type, ToolId tool) const;
  std::array<std::vector<DispatchEntry>, kEventTypes> dispatch_;  // by tool + 1
};

}  // namespace kedge::guards
