#include "guards/trace_events.h"

#include <map>
#include <optional>

#include "harness/core/error.h"

namespace kedge::guards {
namespace {

Json Content(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return text;
  try {
    return ParseJson(text);
  } catch (const Error&) {
    return text;
  }
}

class Conversion {
 public:
  std::vector<Event> Run(const trace::Trace& trace, std::vector<std::size_t>* steps) {
    for (std::size_t i = 0; i < trace.steps.size(); ++i) {
      const trace::Step& step = trace.steps[i];
      tokens_ += step.input_tokens + step.output_tokens;
      if (std::optional<Event> event = Convert(step)) {
        event->actor = step.actor;
        event->unix_nanos = step.unix_nanos;
        event->tokens = std::exchange(tokens_, 0);
        events_.push_back(std::move(*event));
        if (steps != nullptr) steps->push_back(i);
      }
    }
    if (!events_.empty() && events_.back().type == EventType::kAssistantMessage) {
      events_.back().type = EventType::kFinalOutput;
    }
    return std::move(events_);
  }

 private:
  std::optional<Event> Convert(const trace::Step& step) {
    switch (step.kind) {
      case trace::StepKind::kMessage:
        return Message(step);
      case trace::StepKind::kToolCall:
        return Call(step.call);
      case trace::StepKind::kObservation:
        return Result(step.observation);
      default:
        return std::nullopt;
    }
  }

  static std::optional<Event> Message(const trace::Step& step) {
    if (step.actor != "user" && step.actor != "agent") return std::nullopt;
    Event event;
    event.type = step.actor == "user" ? EventType::kUserMessage : EventType::kAssistantMessage;
    event.text = step.text;
    return event;
  }

  Event Call(const trace::ToolCall& call) {
    Event event;
    event.type = EventType::kToolCall;
    event.tool = call.name;
    event.arguments = call.arguments;
    last_call_ = event;
    if (!call.id.empty()) calls_[call.id] = event;
    return event;
  }

  Event Result(const trace::Observation& observation) {
    const auto call = calls_.find(observation.call_id);
    Event event = call == calls_.end() ? last_call_ : call->second;
    event.type = EventType::kToolResult;
    event.is_error = observation.is_error;
    event.result = Content(observation.content);
    return event;
  }

  std::vector<Event> events_;
  std::map<std::string, Event> calls_;
  Event last_call_;
  std::int64_t tokens_ = 0;
};

}  // namespace

std::vector<Event> EventsOf(const trace::Trace& trace, std::vector<std::size_t>* steps) {
  return Conversion().Run(trace, steps);
}

}  // namespace kedge::guards
