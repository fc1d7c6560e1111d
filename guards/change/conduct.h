#pragma once

#include <map>
#include <string>

#include "harness/strategy/rule.h"
#include "harness/trace/trace.h"

namespace kedge::guards {

/// What a rule's condition may ask of a tool.
struct ToolFacts {
  bool writes = false;
  std::map<std::string, std::string> arguments;  ///< name to semantic type, which may be empty
};
using ToolFactsByName = std::map<std::string, ToolFacts>;

/// What an episode shows of a rule: `kKept` when what the rule is about came up and was always
/// done, `kBroken` when it once was not, `kAbsent` when it never came up (or nothing recorded
/// says that it did: a goal, or a value that the agent knew).
enum class Conduct { kAbsent, kKept, kBroken };

/// Reads off a trace whether an agent did what the rule says, whoever the agent is and whatever
/// made it do so. Recorded are calls, answers and messages, so a few things are taken for granted:
/// a question that names the tool or one of the call's values asks for it; a value comes from a
/// place that held it earlier; a remedy is due once. Both arms of a comparison are read alike.
/// Pure. O(steps * calls).
Conduct ConductOf(const strategy::Rule& rule, const trace::Trace& trace,
                  const ToolFactsByName& tools);

/// True if the rule's condition holds words that a trace does not show (`goal`, `known`), or not
/// without knowing how an agent reads its answers (`seen`): it is
/// then known to be in place only where the agent itself reports that it spoke (see Reports).
bool HasUnseenCondition(const strategy::Rule& rule);

/// True if a decision of the trace names the guideline among those that spoke.
bool Reports(const trace::Trace& trace, const std::string& guideline);

/// How a guard rule stopped an arm (deny, ask, redact), compared with what the other arm did in the
/// same task.
struct StopConduct {
  Conduct champion = Conduct::kAbsent;
  Conduct candidate = Conduct::kAbsent;
};

/// `kKept`: the rule stopped something. `kBroken`: it stopped nothing, though a call of a tool that
/// it stopped in the other arm took effect, with other arguments than those it stopped: the call
/// went past the rule, instead of being left out or being made again as the rule wants it.
/// What is stopped outside of a call (a message) is never `kBroken`. Pure.
StopConduct ConductUnder(const std::string& guard_rule, const trace::Trace& champion,
                         const trace::Trace& candidate);

}  // namespace kedge::guards
