#include "harness/run/recording_io.h"

#include <chrono>
#include <set>
#include <utility>

#include "harness/agent/end_names.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace kedge::run {
namespace {

constexpr double kNanosPerSecond = 1e9;

// What is journalled must be read back as the same text, so a resumed run sees what this one saw.
std::string CleanText(std::string text) {
  return IsValidUtf8(text) ? std::move(text) : ReplaceInvalidUtf8(text);
}

// What an agent is told of a refusal.
std::string DenialBy(const guards::Decision& decision) {
  std::string out = "refused by a guard";
  for (const guards::Finding& finding : decision.findings) {
    if (finding.shadow || finding.late || finding.approved) continue;
    out += "; " + finding.rule + ": " + finding.message;
  }
  return out;
}

guards::Event TextEvent(guards::EventType type, const std::string& text) {
  guards::Event event;
  event.type = type;
  event.text = text;
  return event;
}

}  // namespace

template <typename Body>
auto RecordingIo::Own(Body&& body) {
  try {
    return body();
  } catch (...) {
    defect_ = std::current_exception();
    throw;
  }
}

RecordingIo::RecordingIo(const EpisodePorts& ports)
    : ports_(ports), start_nanos_(ports.clock.SteadyNanos()) {}

double RecordingIo::seconds() const {
  return static_cast<double>(ports_.clock.SteadyNanos() - start_nanos_) / kNanosPerSecond;
}

bool RecordingIo::IsOverDeadline() const {
  const std::chrono::nanoseconds used(ports_.clock.SteadyNanos() - start_nanos_);
  return used > ports_.limits.deadline;
}

void RecordingIo::End(std::string end, std::string detail) {
  ended_ = agent::EpisodeEnded{std::move(end), std::move(detail)};
  throw agent::EpisodeEnded(*ended_);
}

void RecordingIo::CheckDeadline() noexcept {
  if (ended_ || !IsOverDeadline()) return;
  ended_ = agent::EpisodeEnded{
      agent::kAgentTimeout, "more than " + std::to_string(ports_.limits.deadline.count()) + " ms"};
}

void RecordingIo::EnsureMayGoOn() {
  CheckDeadline();
  if (ended_) throw agent::EpisodeEnded(*ended_);
  if (static_cast<std::int64_t>(steps_.size()) >= ports_.limits.max_steps) {
    End("step_limit", "more than " + std::to_string(ports_.limits.max_steps) + " steps");
  }
}

trace::Step& RecordingIo::AddStep(trace::StepKind kind, std::string actor) {
  trace::Step& step = steps_.emplace_back();
  step.kind = kind;
  step.actor = std::move(actor);
  step.unix_nanos = ports_.clock.UnixNanos();
  return step;
}

void RecordingIo::AddMessage(std::string actor, std::string text) {
  AddStep(trace::StepKind::kMessage, std::move(actor)).text = std::move(text);
}

// What the user allowed is no violation, and what a rule in shadow mode says is only recorded;
// every other finding is one, whether or not it stopped anything. A rule breaks once by an event,
// however many places it points at.
void RecordingIo::RecordFindings(const guards::Decision& decision, Consent consent) {
  std::set<std::string> broken, shadowed;
  for (const guards::Finding& finding : decision.findings) {
    const bool agreed = finding.approved ||
                        (finding.verdict == guards::Verdict::kAsk && consent == Consent::kGiven);
    if (!agreed) (finding.shadow ? shadowed : broken).insert(finding.rule);
    RecordFinding(finding, consent);
  }
  for (const std::string& rule : broken) ++violations_[rule];
  for (const std::string& rule : shadowed) ++shadow_findings_[rule];
  if (consent == Consent::kRefused) ++violations_[std::string(guards::kUnansweredAsk)];
}

void RecordingIo::RecordFinding(const guards::Finding& finding, Consent consent) {
  const bool asked = finding.verdict == guards::Verdict::kAsk;
  trace::GuardMark& mark = AddStep(trace::StepKind::kGuard, "guard").guard;
  mark.guard = finding.rule;
  mark.verdict = guards::ToString(finding.verdict);
  mark.message = finding.message;
  if (finding.shadow) mark.message += " (shadow: only recorded)";
  if (asked && consent == Consent::kGiven) mark.message += " (the user agreed)";
  if (asked && consent == Consent::kRefused) mark.message += " (the user did not agree)";
  if (ports_.observer != nullptr) {
    ports_.observer->On(
        GuardTriggered{finding.rule, ports_.arm, finding.shadow ? "shadow" : mark.verdict});
  }
}

bool RecordingIo::PermitsApproved(const guards::Event& event, const std::string& binding) {
  guards::Event approval;
  approval.type = guards::EventType::kApproval;
  approval.actor = "user";
  approval.binding = binding;
  approval.granted = true;
  approval.unix_nanos = event.unix_nanos;
  RecordFindings(Own([&] { return ports_.monitor->Observe(approval); }), Consent::kNotAsked);
  const guards::Decision again = Own([&] { return ports_.monitor->Observe(event); });
  if (again.verdict >= guards::Verdict::kWarn) return true;
  RecordFindings(again, Consent::kNotAsked);
  last_denial_ = DenialBy(again);
  return false;
}

bool RecordingIo::Permits(guards::Event& event) {
  if (ports_.monitor == nullptr) return true;
  const guards::Decision decision = Own([&] { return ports_.monitor->Observe(event); });
  Consent consent = Consent::kNotAsked;
  if (decision.verdict == guards::Verdict::kAsk) {
    consent = ports_.task.user_confirms ? Consent::kGiven : Consent::kRefused;
  }
  RecordFindings(decision, consent);
  if (consent == Consent::kGiven) return PermitsApproved(event, decision.binding);
  if (decision.verdict >= guards::Verdict::kWarn) return true;
  if (decision.redacted) {
    event = *decision.redacted;
    return true;
  }
  last_denial_ = DenialBy(decision);
  return false;
}

void RecordingIo::Begin() {
  AddMessage("user", ports_.task.instruction);
  guards::Event event = TextEvent(guards::EventType::kUserMessage, ports_.task.instruction);
  Permits(event);
}

world::ToolResult RecordingIo::AnswerCall(const std::string& name, const Json& arguments) {
  guards::Event event;
  event.type = guards::EventType::kToolCall;
  event.tool = name;
  event.arguments = arguments;
  if (!Permits(event)) return world::ToolResult::Failure("denied", last_denial_);
  if (ports_.source != nullptr) {
    std::optional<world::ToolResult> answer =
        Own([&] { return ports_.source->Call(name, event.arguments); });
    if (!answer) End(kDiverged, ports_.source->why());
    return std::move(*answer);
  }
  if (ports_.session == nullptr) {
    return world::ToolResult::Failure("unknown_tool", "There are no tools in this suite.");
  }
  return Own([&] { return ports_.session->Call(name, event.arguments); });
}

std::string RecordingIo::AnswerQuestion(const std::string& question) {
  if (ports_.source == nullptr) return Own([&] { return ports_.user.Answer(question); });
  std::optional<std::string> answer = Own([&] { return ports_.source->Reply(question); });
  if (!answer) End(kDiverged, ports_.source->why());
  return std::move(*answer);
}

world::ToolResult RecordingIo::ShowResult(const std::string& name, const Json& arguments,
                                          world::ToolResult result) {
  guards::Event event;
  event.type = guards::EventType::kToolResult;
  event.tool = name;
  event.arguments = arguments;
  event.is_error = !result.ok;
  event.result = result.ok ? result.content : Json(result.message);
  if (Permits(event)) {
    if (result.ok) {
      result.content = std::move(event.result);
    } else if (event.result.is_string()) {
      result.message = event.result.get<std::string>();
    }
    return result;
  }
  return world::ToolResult::Failure("denied", last_denial_);
}

void RecordingIo::AddObservation(const world::ToolResult& result) {
  trace::Observation& observation = AddStep(trace::StepKind::kObservation, "tool").observation;
  observation.call_id = std::to_string(tool_calls_);
  observation.is_error = !result.ok;
  observation.error_class = result.error_class;
  observation.content = result.ok ? DumpJson(result.content) : result.message;
}

world::ToolResult RecordingIo::CallTool(const std::string& name, const Json& arguments) {
  EnsureMayGoOn();
  if (tool_calls_ >= ports_.limits.max_tool_calls) {
    End("tool_call_limit",
        "more than " + std::to_string(ports_.limits.max_tool_calls) + " tool calls");
  }
  ++tool_calls_;
  trace::ToolCall& call = AddStep(trace::StepKind::kToolCall, "agent").call;
  call.id = std::to_string(tool_calls_);
  call.name = CleanText(name);
  call.arguments = arguments;
  world::ToolResult result = ShowResult(name, arguments, AnswerCall(name, arguments));
  AddObservation(result);
  return result;
}

std::string RecordingIo::AskUser(const std::string& question) {
  EnsureMayGoOn();
  const std::string asked = CleanText(question);
  AddMessage("agent", asked);
  guards::Event question_event = TextEvent(guards::EventType::kAssistantMessage, asked);
  if (!Permits(question_event)) {
    return "(Your message was withheld: " + last_denial_ + ".)";
  }
  std::string answer = AnswerQuestion(question_event.text);
  AddMessage("user", answer);
  guards::Event answer_event = TextEvent(guards::EventType::kUserMessage, answer);
  Permits(answer_event);
  return answer;
}

void RecordingIo::Record(trace::Step step) {
  EnsureMayGoOn();
  if (step.kind != trace::StepKind::kMessage && step.kind != trace::StepKind::kModelCall &&
      step.kind != trace::StepKind::kDecision) {
    throw BadData("an agent may record messages, model calls and decisions, nothing else");
  }
  step.actor = "agent";
  step.text = CleanText(std::move(step.text));
  if (step.unix_nanos == 0) step.unix_nanos = ports_.clock.UnixNanos();
  steps_.push_back(std::move(step));
  if (steps_.back().kind == trace::StepKind::kMessage) {
    guards::Event event = TextEvent(guards::EventType::kAssistantMessage, steps_.back().text);
    Permits(event);
  }
}

std::string RecordingIo::Finish(const std::string& final_text) {
  const std::string told = CleanText(final_text);
  guards::Event event = TextEvent(guards::EventType::kFinalOutput, told);
  bool permitted = false;
  if (!told.empty()) {
    permitted = Permits(event);
    AddMessage("agent", event.text);
  }
  if (ports_.monitor != nullptr) {
    RecordFindings(Own([&] { return ports_.monitor->Finish(); }), Consent::kNotAsked);
  }
  return permitted ? event.text : std::string();
}

}  // namespace kedge::run
