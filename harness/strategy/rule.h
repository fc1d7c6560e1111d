#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/core/document.h"
#include "harness/core/json.h"
#include "harness/strategy/strategy.h"
#include "harness/strategy/value_test.h"

namespace kedge::strategy {

/// What a rule makes an agent do.
enum class RuleAction {
  kCallFirst,  ///< call `helpers` before the tool
  kCallAfter,  ///< call `helpers` after the tool succeeded
  kRecover,    ///< after the error: call `helpers[0]`, then try again
  kRetry,      ///< after the error: try again
  kGiveUp,     ///< after the error: do not try again
  kPrefer,     ///< take the argument from `source`; after an error, for the next try
  kConfirm,    ///< ask (`confirm` true) or do not ask the user before the call
  kStop,       ///< do not call; tell the user `text`
  kSet,        ///< give arguments the values of `settings`; after an error, in the next try
  kAvoid,      ///< do not call `helpers` around the tool, whatever other rules say
  kInstead,    ///< after the error: call `helpers[0]`, and if it works the tool counts as done
};
inline constexpr std::size_t kRuleActions = 11;

/// The machine-readable part of an active guideline: the words of README.md as a value. Empty lists
/// and texts in the condition mean "any".
struct Rule {
  std::vector<std::string> tools;
  std::vector<std::string> errors;
  std::vector<std::string> goals;
  std::string effect;    ///< "", "read" or "write"
  std::string argument;  ///< name or semantic type of an argument that the tool takes
  std::vector<std::string> when_called;  ///< tools of which one succeeded earlier
  ValueTests arguments;                  ///< of the call
  ValueTests seen;  ///< of what tools have answered about the thing that the call is about

  RuleAction action = RuleAction::kStop;
  std::vector<std::string> helpers;
  std::string source;  ///< "user", "tool", "ask", "tool:NAME" or, after an error, "message"
  bool confirm = false;
  std::string text;
  Json settings;  ///< of kSet: an object of text, number or boolean by argument name; else null

  std::vector<std::string> unless_called;
  std::string unless_known;

  bool operator==(const Rule&) const = default;
};

/// Parses `when`, `then` and `unless` of a guideline's node. Throws Error(kBadData) with the field
/// that is not understood, and the nearest known word.
Rule ParseRule(const Node& guideline);
/// The same for a guideline in memory.
Rule ParseRule(const Guideline& guideline);

}  // namespace kedge::strategy
