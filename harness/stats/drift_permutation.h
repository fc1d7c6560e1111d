#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "harness/core/random.h"

namespace kedge::stats {

/// Behaviour of one arm: a feature vector per task (e.g. run-normalised tool-call shares, averaged
/// over the task's runs). Both arms list the same tasks.
using TaskFeatures = std::vector<std::vector<double>>;

/// Calibrates a distance between two arms on the champion's own noise: under the null, given the
/// task, the runs of both arms are exchangeable, so arm labels are swapped within tasks.
struct DriftPermutation {
  double observed = 0;
  double p = 1;       ///< exact: share of labellings at least as far; sampled: (1 + hits) / (B + 1)
  double mean = 0;    ///< of the statistic over the labellings: its bias without any change
  double sd = 0;      ///< divisor = number of labellings
  double excess = 0;  ///< observed - mean
  double z = 0;       ///< excess / sd; NaN when sd is 0
  std::int64_t labellings = 0;
  std::int64_t hits = 0;  ///< labellings with statistic >= observed - 1e-12
};

/// Distance between the task-averaged features of both arms.
using FeatureDistance =
    std::function<double(std::span<const double> champion, std::span<const double> candidate)>;

/// All 2^n swaps, one unit per arm and task; 1 <= n <= 20 tasks, vectors of one length.
DriftPermutation DriftPermutationExact(const TaskFeatures& champion, const TaskFeatures& candidate,
                                       const FeatureDistance& distance);

/// `resamples` random labellings; any number of tasks.
DriftPermutation DriftPermutationSample(const TaskFeatures& champion, const TaskFeatures& candidate,
                                        const FeatureDistance& distance, std::int64_t resamples,
                                        Random& random);

/// Divides counts >= 0 by their positive sum.
std::vector<double> Normalised(std::span<const double> counts);

}  // namespace kedge::stats
