#include "harness/run/recording_io.h"

#include <chrono>
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

// What the user allowed is no violation; every other finding is one, whether or not it stopped
// anything.
void RecordingIo::RecordFinding(const guards::Finding& finding, Consent consent) {
  const bool asked = finding.verdict == guards::Verdict::kAsk;
  if (!asked || consent != Consent::kGiven) ++violations_[finding.rule];
  trace::GuardMark& mark = AddStep(trace::StepKind::kGuard, "guard").guard;
  mark.guard = finding.rule;
  mark.verdict = guards::ToString(finding.verdict);
  mark.message = finding.message;
  if (finding.shadow) mark.message += " (shadow: only recorded)";
  if (asked && consent == Consent::kGiven) mark.message += " (the user agreed)";
  if (asked && consent == Consent::kRefused) mark.message += " (the user did not agree)";
  if (ports_.observer != nullptr) {
    ports_.observer->On(GuardTriggered{finding.rule, ports_.arm, mark.verdict});
  }
}

bool RecordingIo::Permits(const guards::Event& event) {
  if (ports_.monitor == nullptr) return true;
  const guards::Decision decision = Own([&] { return ports_.monitor->Observe(event); });
  Consent consent = Consent::kNotAsked;
  if (decision.verdict == guards::Verdict::kAsk) {
    consent = ports_.task.user_confirms ? Consent::kGiven : Consent::kRefused;
  }
  for (const guards::Finding& finding : decision.findings) RecordFinding(finding, consent);
  // A redaction that nobody carries out would let the content through: it is refused instead.
  if (consent == Consent::kGiven || decision.verdict == guards::Verdict::kAllow ||
      decision.verdict == guards::Verdict::kWarn) {
    return true;
  }
  last_denial_ = "refused by a guard";
  for (const guards::Finding& finding : decision.findings) {
    if (!finding.shadow) last_denial_ += "; " + finding.rule + ": " + finding.message;
  }
  return false;
}

void RecordingIo::Begin() {
  AddMessage("user", ports_.task.instruction);
  Permits(TextEvent(guards::EventType::kUserMessage, ports_.task.instruction));
}

world::ToolResult RecordingIo::AnswerCall(const std::string& name, const Json& arguments) {
  guards::Event event;
  event.type = guards::EventType::kToolCall;
  event.tool = name;
  event.arguments = arguments;
  if (!Permits(event)) return world::ToolResult::Failure("denied", last_denial_);
  if (ports_.session == nullptr) {
    return world::ToolResult::Failure("unknown_tool", "There are no tools in this suite.");
  }
  return Own([&] { return ports_.session->Call(name, arguments); });
}

world::ToolResult RecordingIo::ShowResult(const std::string& name, const Json& arguments,
                                          world::ToolResult result) {
  guards::Event event;
  event.type = guards::EventType::kToolResult;
  event.tool = name;
  event.arguments = arguments;
  event.is_error = !result.ok;
  event.result = result.ok ? result.content : Json(result.message);
  if (Permits(event)) return result;
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
  if (!Permits(TextEvent(guards::EventType::kAssistantMessage, asked))) {
    return "(Your message was withheld: " + last_denial_ + ".)";
  }
  std::string answer = Own([&] { return ports_.user.Answer(asked); });
  AddMessage("user", answer);
  Permits(TextEvent(guards::EventType::kUserMessage, answer));
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
    const std::string text = steps_.back().text;  // findings add steps, which may move this one
    Permits(TextEvent(guards::EventType::kAssistantMessage, text));
  }
}

std::string RecordingIo::Finish(const std::string& final_text) {
  std::string told = CleanText(final_text);
  if (told.empty()) return told;
  const bool permitted = Permits(TextEvent(guards::EventType::kFinalOutput, told));
  AddMessage("agent", told);
  return permitted ? told : std::string();
}

}  // namespace kedge::run
