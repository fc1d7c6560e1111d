#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json.h"

namespace kedge::guards {

/// Strongest first; the strongest of an event's findings is its verdict.
enum class Verdict { kDeny, kAsk, kRedact, kWarn, kAllow };
std::string_view ToString(Verdict verdict);

enum class EventType {
  kUserMessage,
  kAssistantMessage,
  kToolCall,
  kToolResult,
  kFinalOutput,
};

/// One thing that happened in an episode, as guards see it.
struct Event {
  EventType type = EventType::kToolCall;
  std::string tool;       ///< kToolCall, kToolResult
  Json arguments;         ///< kToolCall, kToolResult (the call's)
  bool is_error = false;  ///< kToolResult
  Json result;            ///< kToolResult
  std::string text;       ///< messages and final output
};

/// An event broke a rule. A rule gives at most one finding for an event. Rules that every policy
/// has report as `arguments` (a call breaks the tool's argument schema in the catalogue), `event`
/// (the event itself cannot be judged) and `unknown_tool`.
struct Finding {
  std::string rule;
  std::string severity;  ///< "info", "low", "medium", "high", "critical"
  Verdict verdict = Verdict::kDeny;
  std::string message;  ///< what was wrong and what would be allowed
  std::string pointer;  ///< JSON Pointer into the arguments; empty for the whole event
  std::string error;    ///< code of the evaluation error that made this a DENY; else empty
  bool shadow = false;  ///< recorded by a rule in shadow mode: never part of the verdict
};

struct Decision {
  Verdict verdict = Verdict::kAllow;
  std::vector<Finding> findings;  ///< sorted by (severity, most severe first; rule)
};

/// A validated policy file (guards/README.md has the format). Immutable, thread-safe.
class Policy {
 public:
  /// Throws Error with file, line and field; runs the examples of every rule.
  static std::shared_ptr<const Policy> Load(const std::string& path);
  ~Policy();

  const std::string& digest() const;  ///< SHA-256 of the canonical policy
  /// In file order, then the built-in `arguments`, `event`, `unknown_tool`.
  std::vector<std::string> rule_ids() const;
  /// Rules of which one confirmed violation blocks a promotion (`hard: true`).
  std::vector<std::string> hard_rule_ids() const;

  struct Compiled;
  const Compiled& compiled() const { return *compiled_; }

 private:
  Policy();
  std::unique_ptr<Compiled> compiled_;
};

/// Watches one episode, event by event, before each takes effect. The verdict for an event depends
/// on that event and earlier ones only; an evaluation error is a DENY finding. One object serves
/// one thread and many episodes (Reset between). Bounded state.
class Monitor {
 public:
  explicit Monitor(std::shared_ptr<const Policy> policy);
  ~Monitor();
  void Reset();
  Decision Observe(const Event& event);

 private:
  struct State;
  std::shared_ptr<const Policy> policy_;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::guards
