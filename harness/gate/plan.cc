#include "harness/gate/gate.h"
#include "harness/gate/sequential_design.h"

namespace kedge::gate {

stats::GatePlan PlanGate(const GateInputs& inputs) {
  const stats::GateDesign design = MakeDesign(inputs);
  design.Validate();
  stats::GatePlan plan = stats::PlanGate(design);
  stats::RequireReachable(design, plan);
  return plan;
}

}  // namespace kedge::gate
