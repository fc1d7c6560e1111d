#pragma once

#include <vector>

#include "agent_ref/hypothesis.h"

namespace kedge::agent_ref {

/// What the tries after errors say about trying itself, by tool and error class in a fixed order.
///
/// kRetry: the error goes away by itself. Of each episode the first bare try counts; p is the exact
/// binomial chance of so many successes if no more than `min_effect` of them worked.
///
/// kGiveUp: nothing gets round the error. An episode counts in which something other than a bare
/// try was tried. One cure in any episode, however it came, and there is no such finding; else p is
/// the chance of seeing none if one episode in 20 could be cured, 0.95^n. The table counts these
/// episodes as tries without the rule.
std::vector<Finding> EffortFindings(const std::vector<Trial>& trials, double min_effect);

}  // namespace kedge::agent_ref
