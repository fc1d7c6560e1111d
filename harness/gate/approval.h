#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/gate/policy.h"
#include "harness/gate/verdict.h"
#include "harness/strategy/strategy.h"

namespace kedge::gate {

/// The public key of the candidate's author, whose own approval does not count: what the gate was
/// told, else `author` of the candidate's provenance; empty when neither says. What the gate was
/// told is trusted; the provenance is the candidate's own word, so it can withhold an author but
/// not invent one that the gate was told otherwise. Throws Error(kBadData) when the two differ or a
/// value is no public key.
std::string AuthorOf(const strategy::Strategy& candidate, const std::string& told);

/// What a person who approves this verdict signs. The evidence is what was measured under which
/// rules, without what a second run of the same gate may say otherwise (time, paths).
guards::ApprovalStatement StatementOf(const Verdict& verdict, const std::string& author);

/// Puts the people's word on top of the evidence: a PROMOTE whose policy asks for approvals, or
/// whose change has findings that a person must judge (`asked`), becomes
/// HOLD_INCONCLUSIVE(`approval`) unless enough of `approvals`, none of them the author's, count at
/// `unix_seconds`. Any other
/// verdict stays as it is. Returns whether it holds. Pure.
bool RequireApprovals(Verdict& verdict, const std::vector<Reason>& asked, const GatePolicy& policy,
                      const std::vector<guards::Approval>& approvals, const std::string& author,
                      std::int64_t unix_seconds);

}  // namespace kedge::gate
