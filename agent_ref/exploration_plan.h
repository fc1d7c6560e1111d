#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent_ref/hypothesis.h"
#include "harness/core/json.h"

namespace kedge::agent_ref {

/// The value of `planner/exploration` that the trials call for: for each tool (and error class)
/// seen, helpers that helped once come first, so that they are confirmed or refuted; those that
/// did not come last, and so do those that harm as far as it is `known`; what was never tried lies
/// in between. A pure function.
Json ExplorationOrders(const std::vector<Trial>& trials, const std::vector<Hypothesis>& known = {});

/// By family, those about the same tools together: the posterior mean (uniform prior) of the chance
/// that an episode shows something that none of `known` explains: an error that did not go away by
/// itself, another answer to the same question, or, counted half, a failure without either.
std::map<std::string, double> FamilyNeeds(const std::vector<const EpisodeView*>& views,
                                          const std::vector<Trial>& trials,
                                          const std::vector<Hypothesis>& known);

}  // namespace kedge::agent_ref
