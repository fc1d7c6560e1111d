#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/trace/trace.h"

namespace kedge::drift {

/// What a call reaches.
struct Scope {
  std::string tool;
  /// Classes of what the arguments name, sorted and joined by ",": "host:example.com" for a URL,
  /// "path:/etc" for an absolute path (its first part), "mail:example.com" for an e-mail address.
  std::string resource;
  std::string permission;  ///< what the tool may do, e.g. "read"; empty when nobody says

  auto operator<=>(const Scope&) const = default;
};

/// "tool", then resource and permission in brackets where there are any.
std::string ToString(const Scope& scope);

/// The token that stands for "the agent said something" among the actions.
inline constexpr const char* kMessageAction = "(message)";

/// What one run did, as far as its trace says. Value type.
struct Behaviour {
  std::string trace_id;
  std::string task;     ///< suite, stratum, task id and version: equal for runs of one problem
  std::string cluster;  ///< runs of tasks that share it are not independent; never empty
  std::int64_t trial = 0;
  std::vector<std::string> actions;  ///< tool names and kMessageAction, in order
  std::vector<Scope> scopes;         ///< one per tool call
  double steps = 0;                  ///< number of actions
  std::optional<double> output_tokens, cost, latency_seconds;
  double refusal = 0;     ///< 1 when the last thing the agent said declines
  double tool_error = 0;  ///< share of its calls that failed
  double retry = 0;  ///< share of its calls that repeat an earlier one or a tool that just failed
  /// The LLM judge's score minus the score of the other scorers.
  std::optional<double> judge_gap;
};

struct BehaviourOptions {
  std::map<std::string, std::string> permissions;  ///< by tool
  std::string judge = "judge";                     ///< scorers whose name starts so are the judge
};

/// Measures a trace; nullopt when its outcome is missing (infrastructure), which says nothing.
/// Calls of tools that the user owns are not the agent's. Thread-safe.
std::optional<Behaviour> MeasureBehaviour(const trace::Trace& trace,
                                          const BehaviourOptions& options);

/// True when a final text declines the task (English phrases).
bool LooksLikeRefusal(const std::string& text);

}  // namespace kedge::drift
