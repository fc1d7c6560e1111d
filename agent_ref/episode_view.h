#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/trace/trace.h"

namespace kedge::agent_ref {

/// A tool call of a trace with what came of it.
struct CallView {
  std::string tool;
  Json arguments;
  bool ok = false;
  std::string error_class;
  int step = 0;  ///< index of the call in the trace
  /// The agent tried it by chance (a decision at the point "explore" picked it).
  bool explored = false;
  std::string result = {};  ///< text of the tool's answer; empty for an error
  /// The argument that exploration or a rule gave another value for this call; empty: none.
  std::string varied = {};
  /// Where the value of `varied` was taken from, when that is what was changed (TakenFrom::source).
  std::string source = {};
  /// The agent tried it by chance in place of a tool that failed.
  bool instead = false;
};

/// Canonical JSON of an argument's value; empty when the call has no such argument.
std::string ValueText(const CallView& call, const std::string& argument);

/// What the learner sees of a trace: the calls with a known result, and the outcome.
struct EpisodeView {
  std::string id;
  std::string family;
  std::string task;
  std::string principal;
  std::optional<bool> success;  ///< absent without an outcome
  std::vector<CallView> calls;
  /// Tools that the agent chose to fulfil what was asked (its "tool" decisions), as against those
  /// that it called on the way. Empty when the trace says nothing about it.
  std::set<std::string> chosen_tools;
  /// The trace records decisions, so what was not explored was called for a reason.
  bool logs_decisions = false;
};

/// Calls without an observation are left out: nothing is known about them.
EpisodeView ViewOf(const trace::Trace& trace);

/// Canonical JSON of a view; equal views give equal text.
Json ToJson(const EpisodeView& view);

}  // namespace kedge::agent_ref
