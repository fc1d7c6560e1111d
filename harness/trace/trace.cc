#include "harness/trace/trace.h"

namespace kedge::trace {

TraceCounts Count(const Trace& trace) {
  TraceCounts counts;
  for (const Step& step : trace.steps) {
    switch (step.kind) {
      case StepKind::kMessage:
      case StepKind::kModelCall:
        ++counts.messages;
        break;
      case StepKind::kToolCall:
        ++counts.tool_calls;
        break;
      case StepKind::kObservation:
        counts.tool_errors += step.observation.is_error ? 1 : 0;
        break;
      case StepKind::kDecision:
        ++counts.decisions;
        break;
      case StepKind::kGuard:
        break;
    }
  }
  return counts;
}

}  // namespace kedge::trace
