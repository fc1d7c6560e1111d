#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "harness/core/random.h"
#include "harness/stats/clustered.h"
#include "harness/stats/descriptive.h"

namespace kedge::stats {

/// Bias-corrected and accelerated bootstrap interval (Efron 1987) with its parts.
struct BcaResult {
  double estimate = 0;
  double z0 = 0;            ///< median bias, in standard normal units; infinite at the extremes
  double acceleration = 0;  ///< from the jackknife
  double alpha_low = 0;     ///< the quantile levels that replace (1-level)/2 and (1+level)/2
  double alpha_high = 1;
  Interval interval;
  Interval percentile;  ///< plain percentile interval of the same replicates
};

/// From replicates already drawn: `jackknife[i]` is the statistic without unit i, `replicates` the
/// bootstrap values (any order). Needs two or more of each, all finite.
BcaResult BcaInterval(double estimate, std::span<const double> jackknife,
                      std::span<const double> replicates, double level);

/// Statistic of a resample; called resamples + n times.
using Statistic = std::function<double(std::span<const double>)>;

/// BCa for any statistic of independent units. Deterministic in `random`.
BcaResult BcaBootstrap(std::span<const double> data, const Statistic& statistic,
                       std::int64_t resamples, double level, Random& random);

/// Bootstrap distribution of the ratio sum(sums)/sum(sizes) when whole clusters are resampled.
struct ClusterBootstrap {
  double point = 0;
  double mean = 0;
  double sd = 0;   ///< standard deviation of the replicates, divisor = their number
  double q05 = 0;  ///< type-7 quantiles of the replicates
  double q95 = 0;
  std::int64_t resamples = 0;
};

/// All C^C resamples; 1 <= C <= 7, else Error(kBadData).
ClusterBootstrap ClusterBootstrapExact(const ClusterTotals& totals);

/// Monte Carlo version for any number of clusters.
ClusterBootstrap ClusterBootstrapSample(const ClusterTotals& totals, std::int64_t resamples,
                                        Random& random);

}  // namespace kedge::stats
