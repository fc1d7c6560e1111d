#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/gate/gate.h"
#include "harness/run/journal.h"
#include "harness/stats/reward_hacking.h"
#include "harness/suite/suite.h"

namespace kedge::gate {

/// The mean gain over the strata of a suite by their weights, and the variance that a mean over as
/// many independent pairs would have for the same standard error.
stats::MeasuredGain WeightedGain(const suite::Suite& suite, const std::vector<SeenPair>& pairs);

/// The gain on twins of the gate's tasks: the same kinds of problem with other names and numbers,
/// or in other words. Runs about `pairs` pairs, shared out over the strata by weight and journalled
/// in `journal`; pairs that infrastructure spoils are left out.
stats::MeasuredGain GainOnTwins(const GateInputs& inputs, std::shared_ptr<const suite::Suite> twins,
                                std::int64_t pairs, run::Journal& journal);

/// What identifies such a run.
Json TwinFingerprint(const GateInputs& inputs, const suite::Suite& twins);

}  // namespace kedge::gate
