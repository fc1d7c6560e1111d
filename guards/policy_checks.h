#pragma once

#include <vector>

#include "guards/compiled_policy.h"
#include "harness/core/document.h"

namespace kedge::guards {

/// Fails at a rule that can never matter, or that leaves nothing to do together with another:
/// - it says the same as an earlier rule, with the same verdict;
/// - an enforced rule denies every event that it is about;
/// - it requires as `before` what an enforced rule forbids as `after`, for the same tools.
/// `nodes` are the rules as written, in the policy's order.
void CheckRulesTogether(const Policy::Compiled& policy, const std::vector<Node>& nodes);

}  // namespace kedge::guards
