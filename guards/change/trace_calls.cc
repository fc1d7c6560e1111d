#include "guards/change/trace_calls.h"

#include <algorithm>

namespace kedge::guards {

std::vector<TraceCall> CallsOf(const trace::Trace& trace) {
  std::vector<TraceCall> calls;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const trace::Step& step = trace.steps[i];
    if (step.kind == trace::StepKind::kToolCall)
      calls.push_back({i, &step.call, trace.steps.size(), false, {}});
    if (step.kind != trace::StepKind::kObservation) continue;
    const auto call = std::find_if(calls.rbegin(), calls.rend(), [&](const TraceCall& one) {
      return one.call->id == step.observation.call_id;
    });
    if (call == calls.rend()) continue;
    call->answered_at = i;
    call->ok = !step.observation.is_error;
    call->error = step.observation.error_class;
  }
  return calls;
}

}  // namespace kedge::guards
