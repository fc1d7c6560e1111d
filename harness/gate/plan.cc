#include <algorithm>

#include "harness/gate/gate.h"
#include "harness/gate/refusals.h"
#include "harness/gate/sequential_design.h"

namespace kedge::gate {

stats::GatePlan PlanGate(const GateInputs& inputs) {
  const stats::GateDesign design =
      MakeDesign(inputs.policy, *inputs.suite, std::min(inputs.alpha, FirstAlpha(inputs.policy)));
  stats::GatePlan plan = stats::PlanGate(design);
  RequireReachable(inputs.policy, design, plan);
  RequireFreshTasks(inputs.policy, *inputs.suite);
  return plan;
}

}  // namespace kedge::gate
