#pragma once

#include <cstdint>

#include "harness/stats/clustered.h"

namespace kedge::gate {

/// Percentile bootstrap of the ratio sum(sums) / sum(sizes) when whole clusters are resampled.
struct BootstrapMean {
  double sd = 0;
  double low = 0;
  double high = 0;
};

/// Clusters of equal sum and size are drawn together: their number in a resample is multinomial, so
/// that a resample costs O(kinds), not O(clusters), when there are few kinds (binary outcomes have
/// three). Deterministic in `seed`. Needs a cluster and two resamples or more.
BootstrapMean BootstrapClusterMean(const stats::ClusterTotals& totals, std::int64_t resamples,
                                   double level, std::uint64_t seed);

}  // namespace kedge::gate
