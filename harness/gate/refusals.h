#pragma once

#include <cstdint>

#include "harness/gate/policy.h"
#include "harness/stats/gate_design.h"
#include "harness/stats/gate_plan.h"
#include "harness/suite/suite.h"

namespace kedge::gate {

/// Designs that are refused before an episode is paid for. Each throws Error(kBadData) that names
/// the policy's file and field, and says what would be accepted.

/// A gate, or one stratum or guard of it, that max_pairs can hardly ever settle in the candidate's
/// favour.
void RequireReachable(const GatePolicy& policy, const stats::GateDesign& design,
                      const stats::GatePlan& plan);

/// A claim about a population that would rest on tasks used more than once (wrongful promotions
/// rise to 10-15 % at alpha 0.05 then) or on tasks that are not independent.
void RequireFreshTasks(const GatePolicy& policy, const suite::Suite& suite);

/// Sealed tasks without a budget of answers, or with one that so few tasks cannot carry.
void RequireVaultBudget(const GatePolicy& policy, std::int64_t vault_tasks);

}  // namespace kedge::gate
