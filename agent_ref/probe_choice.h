#pragma once

#include <vector>

#include "agent_ref/hypothesis.h"
#include "harness/core/json.h"

namespace kedge::agent_ref {

/// One to three tasks of the trials in which a rule about the hypothesis matters, for
/// `evidence.probes`: at least one where its remedy was seen to help and, when there is one, one
/// where a try without it failed. Each is {trace, family, helped, failed_without} and, where the
/// trace names it, task. Other families, episodes that succeeded and smaller ids come first; a pure
/// function of the set of trials. Of kGiveUp all are tasks in which trying was in vain.
Json ChooseProbes(const Hypothesis& hypothesis, const std::vector<Trial>& trials);

}  // namespace kedge::agent_ref
