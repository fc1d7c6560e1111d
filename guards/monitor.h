#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/document.h"
#include "harness/core/json.h"

namespace kedge::guards {

/// What outcomes count ASKs under that nobody answered: each is a denial, and this one more.
inline constexpr std::string_view kUnansweredAsk = "unanswered_ask";

/// Strongest first; the strongest of an event's findings is its verdict.
enum class Verdict { kDeny, kAsk, kRedact, kWarn, kAllow };
std::string_view ToString(Verdict verdict);

enum class EventType {
  kUserMessage,
  kAssistantMessage,
  kToolCall,
  kToolResult,
  kFinalOutput,
  kMemoryWrite,     ///< `text` is to be remembered beyond the episode; `arguments` describe it
  kStrategyChange,  ///< `arguments` are the change that is to be made to the strategy
  kApproval,        ///< a person answered an ASK; see `binding`
};

/// One thing that happened in an episode, as guards see it.
struct Event {
  EventType type = EventType::kToolCall;
  std::string tool;       ///< kToolCall, kToolResult
  Json arguments;         ///< kToolCall, kToolResult (the call's), kMemoryWrite, kStrategyChange
  bool is_error = false;  ///< kToolResult
  Json result;            ///< kToolResult
  std::string text;       ///< messages, final output, kMemoryWrite
  std::string actor;      ///< who acted, for rules that match on it; may be empty
  std::int64_t unix_nanos = 0;      ///< 0 when the trace has no times
  std::int64_t tokens = 0;          ///< of the model, for budgets
  std::vector<std::string> labels;  ///< that the host vouches for, besides the policy's own
  std::string definition;  ///< kToolCall: ToolDefinitionDigest of what the host was told; or empty
  std::string binding;     ///< kApproval: Decision::binding of the ASK that is answered
  bool granted = false;    ///< kApproval
};

/// An event broke a rule. Rules that every policy has report as `arguments` (a call breaks the
/// tool's argument schema in the catalogue), `definition` (the tool is not what was pinned),
/// `event` (the event itself cannot be judged) and `unknown_tool`.
struct Finding {
  std::string rule;
  std::string severity;  ///< "info", "low", "medium", "high", "critical"
  Verdict verdict = Verdict::kDeny;
  std::string message;  ///< what was wrong and what would be allowed
  std::string pointer;  ///< JSON Pointer into arguments or result; empty for the text or all of it
  std::size_t begin = 0, end = 0;  ///< byte range in the text there; empty when all of it is meant
  std::string view;     ///< the view of the text that showed it ("folded", ...); may be empty
  std::string error;    ///< code of the evaluation error that made this a DENY; else empty
  bool shadow = false;  ///< recorded by a rule in shadow mode: never part of the verdict
  bool late = false;  ///< an obligation of an earlier event was not met: never part of the verdict
  bool approved = false;  ///< an ASK that an approval answers: no longer part of the verdict
};

struct Decision {
  Verdict verdict = Verdict::kAllow;
  /// Sorted by (severity, most severe first; rule; pointer; begin; end; view).
  std::vector<Finding> findings;
  std::string binding;            ///< kAsk: what an approval must name
  std::optional<Event> redacted;  ///< kRedact: the event that may take effect instead
};

/// What a pinned definition is compared with: SHA-256 of the canonical JSON of
/// {"description", "schema"} as the tool's server gave them (null for what it did not give).
std::string ToolDefinitionDigest(const Json& description, const Json& schema);

/// A validated policy file (guards/README.md has the format). Immutable, thread-safe.
class Policy {
 public:
  /// Throws Error with file, line and field; runs the examples of every rule.
  static std::shared_ptr<const Policy> Load(const std::string& path);
  /// The same for a document in memory; example files are looked for in `folder`.
  static std::shared_ptr<const Policy> Read(const Document& document, const std::string& folder);
  ~Policy();

  const std::string& digest() const;  ///< SHA-256 of the canonical policy
  /// In file order, then the built-in `arguments`, `definition` (where the catalogue pins one),
  /// `event`, `unanswered_ask` (where a rule may ask), `unknown_tool`.
  std::vector<std::string> rule_ids() const;
  /// Rules of which one confirmed violation blocks a promotion (`hard: true`).
  std::vector<std::string> hard_rule_ids() const;
  /// Rules in shadow mode: what they find is recorded and never part of a verdict or a limit.
  std::vector<std::string> shadow_rule_ids() const;

  struct Compiled;
  const Compiled& compiled() const { return *compiled_; }

 private:
  Policy();
  std::unique_ptr<Compiled> compiled_;
};

/// Watches one episode, event by event, before each takes effect. The verdict for an event depends
/// on that event and earlier ones only; an evaluation error is a DENY finding. One object serves
/// one thread and many episodes (Reset between). Bounded state.
///
/// ASK: show a person the call, observe a kApproval event with the decision's binding, observe the
/// same call again: it is judged anew and passes if nothing but the approved ASK speaks against it.
/// An approval serves one call, expires, and is not counted as a second attempt.
class Monitor {
 public:
  explicit Monitor(std::shared_ptr<const Policy> policy);
  ~Monitor();
  /// Before the next episode. `session` names it: approvals are bound to it.
  void Reset(const std::string& session = {});
  Decision Observe(const Event& event);
  /// After the last event: obligations that are still open, as late findings.
  Decision Finish();

 private:
  struct State;
  std::shared_ptr<const Policy> policy_;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::guards
