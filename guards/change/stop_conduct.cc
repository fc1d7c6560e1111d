// How a guard rule stopped one arm, and whether the other went past it.
#include <vector>

#include "guards/change/conduct.h"
#include "guards/change/trace_calls.h"

namespace kedge::guards {
namespace {

/// What a guard rule stopped in a trace.
struct Stops {
  bool any = false;
  std::vector<const trace::ToolCall*> calls;
};

Stops StopsOf(const std::string& guard_rule, const trace::Trace& trace) {
  Stops stops;
  const trace::ToolCall* under_way = nullptr;
  for (const trace::Step& step : trace.steps) {
    if (step.kind == trace::StepKind::kToolCall) under_way = &step.call;
    if (step.kind == trace::StepKind::kObservation) under_way = nullptr;
    if (step.kind != trace::StepKind::kGuard || step.guard.guard != guard_rule) continue;
    if (step.guard.verdict != "deny" && step.guard.verdict != "ask" &&
        step.guard.verdict != "redact") {
      continue;
    }
    stops.any = true;
    if (under_way != nullptr) stops.calls.push_back(under_way);
  }
  return stops;
}

bool WentPast(const Stops& stops, const trace::Trace& other) {
  for (const TraceCall& call : CallsOf(other)) {
    if (!call.ok) continue;
    bool same_tool = false, same_call = false;
    for (const trace::ToolCall* stopped : stops.calls) {
      same_tool = same_tool || stopped->name == call.call->name;
      same_call = same_call ||
                  (stopped->name == call.call->name && stopped->arguments == call.call->arguments);
    }
    if (same_tool && !same_call) return true;
  }
  return false;
}

Conduct ConductOfStopped(const Stops& own, const Stops& others, const trace::Trace& trace) {
  if (own.any) return Conduct::kKept;
  return others.any && WentPast(others, trace) ? Conduct::kBroken : Conduct::kAbsent;
}

}  // namespace

StopConduct ConductUnder(const std::string& guard_rule, const trace::Trace& champion,
                         const trace::Trace& candidate) {
  const Stops first = StopsOf(guard_rule, champion);
  const Stops second = StopsOf(guard_rule, candidate);
  return {ConductOfStopped(first, second, champion), ConductOfStopped(second, first, candidate)};
}

}  // namespace kedge::guards
