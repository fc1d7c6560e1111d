#pragma once

#include <cstdint>
#include <vector>

#include "harness/gate/policy.h"
#include "harness/gate/verdict.h"

namespace kedge::gate {

/// What a person who approves this verdict signs. The evidence is what was measured under which
/// rules, without what a second run of the same gate may say otherwise (time, paths).
guards::ApprovalStatement StatementOf(const Verdict& verdict);

/// Puts the people's word on top of the evidence: a PROMOTE whose policy asks for approvals, or
/// whose change has findings that a person must judge (`asked`), becomes
/// HOLD_INCONCLUSIVE(`approval`) unless enough of `approvals` count at `unix_seconds`. Any other
/// verdict stays as it is. Returns whether it holds. Pure.
bool RequireApprovals(Verdict& verdict, const std::vector<Reason>& asked, const GatePolicy& policy,
                      const std::vector<guards::Approval>& approvals, std::int64_t unix_seconds);

}  // namespace kedge::gate
