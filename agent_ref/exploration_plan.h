#pragma once

#include <vector>

#include "agent_ref/hypothesis.h"
#include "harness/core/json.h"

namespace kedge::agent_ref {

/// The value of `planner/exploration` that the trials call for: for each tool (and error class)
/// seen, helpers that helped once come first, so that they are confirmed or refuted; those that
/// did not come last; what was never tried lies in between. A pure function of the trials.
Json ExplorationOrders(const std::vector<Trial>& trials);

}  // namespace kedge::agent_ref
