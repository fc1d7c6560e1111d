#pragma once

#include <span>
#include <vector>

#include "agent_ref/hypothesis.h"

namespace kedge::agent_ref {

/// Adjusted p-values that control the false discovery rate at `alpha` when tests are discrete:
/// hypotheses whose margins could never have reached significance are left out (Tarone 1990), the
/// others are adjusted by Benjamini and Hochberg (Gilbert 2005). When nothing is true, this bounds
/// the familywise error as well. In input order; 1 for what was left out.
std::vector<double> AdjustDiscrete(std::span<const Finding> findings, double alpha);

/// P(at least as many of the episodes in which `change` (of kChanges) changed the result, or (of
/// kSource) made a try work, succeeded | what came of it is no better than what was there). Of two
/// different results at most one is right, so that chance is at most 1/2. Episodes without an
/// outcome do not count; 1 when there is none.
double ChangePaysP(const Hypothesis& change, const std::vector<Trial>& trials);

}  // namespace kedge::agent_ref
