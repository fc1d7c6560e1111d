#pragma once

#include "harness/gate/policy.h"
#include "harness/stats/gate_design.h"
#include "harness/suite/suite.h"

namespace kedge::gate {

/// The policy, the suite's strata and the granted alpha as the design of the sequential rule.
/// Strata keep the suite's order; guards that of policy.rate_guards; resources that of
/// policy.resource_limits.
stats::GateDesign MakeDesign(const GatePolicy& policy, const suite::Suite& suite, double alpha);

}  // namespace kedge::gate
