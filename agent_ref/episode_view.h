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

/// A decision at the point "explore" not to do what was asked. In its `extra`, under kNotCalledKey,
/// stands the call that was not made: {"tool", "arguments"}.
inline constexpr char kRefuseChoice[] = "refuse";
inline constexpr char kNotCalledKey[] = "not_called";

/// A call for a goal that exploration left out: the user was told no.
struct RefusalView {
  std::string tool;
  Json arguments;  ///< that it would have had
  int step = 0;    ///< index of the decision in the trace
};

/// A helper that a rule asked for around a call.
struct AskedView {
  std::string tool;  ///< that was chosen for the goal; empty when the trace does not say
  std::string helper;
  int step = 0;  ///< index of the decision in the trace
  enum class Answer {
    kCalled,
    kLeftOut,   ///< by chance: a slip, or exploration
    kKeptAway,  ///< another rule said so
  } answer = Answer::kCalled;
};

/// Canonical JSON of an argument's value; empty when the call has no such argument.
std::string ValueText(const CallView& call, const std::string& argument);

/// A decision point at which a rule spoke.
struct RuleUse {
  std::string id;
  bool followed = false;  ///< false: exploration left it out
  int step = 0;           ///< index of the decision in the trace
};

/// What the learner sees of a trace: the calls with a known result, and the outcome.
struct EpisodeView {
  std::string id;
  std::string family;
  std::string task;
  std::string principal;
  std::optional<bool> success;  ///< absent without an outcome
  std::vector<CallView> calls;
  std::vector<RefusalView> refusals;
  std::vector<AskedView> asked;  ///< in the order of the trace
  /// Tools that the agent chose to fulfil what was asked (its "tool" decisions), as against those
  /// that it called on the way. Empty when the trace says nothing about it.
  std::set<std::string> chosen_tools;
  std::vector<RuleUse> rule_uses;
  /// The trace records decisions, so what was not explored was called for a reason.
  bool logs_decisions = false;
};

/// Calls without an observation are left out: nothing is known about them.
EpisodeView ViewOf(const trace::Trace& trace);

/// Canonical JSON of a view; equal views give equal text.
Json ToJson(const EpisodeView& view);

}  // namespace kedge::agent_ref
