#pragma once

#include <vector>

#include "harness/drift/drift.h"

namespace kedge::drift {

/// From a score's values over the labellings, the observed one first, to a decision.
stats::DriftPermutation Summarise(const std::vector<double>& values);

/// Fills test, noise and threshold of `feature`; `practical` is the excess that matters.
void Calibrate(const std::vector<double>& values, double practical, const Floors& floors,
               FeatureDrift& feature);

/// Holm over the counted scores of the report; sets what changed and the drift index. Call it
/// again when scores were added.
void Decide(DriftReport& report, const DriftOptions& options);

}  // namespace kedge::drift
