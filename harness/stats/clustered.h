#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/core/random.h"
#include "harness/stats/descriptive.h"

namespace kedge::stats {

/// Sums and sizes of clusters, in order of first appearance.
struct ClusterTotals {
  std::vector<double> sums;
  std::vector<double> sizes;
  std::size_t count() const { return sums.size(); }
};

/// Groups values by cluster id; any ids. An empty `clusters` makes every value its own cluster.
ClusterTotals SumByCluster(std::span<const double> values, std::span<const std::int64_t> clusters);

/// Mean of clustered values with cluster-robust standard errors (Liang and Zeger 1986; Cameron and
/// Miller 2015).
struct ClusteredMean {
  double mean = 0;
  std::int64_t n = 0;
  std::int64_t clusters = 0;
  double se_iid = 0;         ///< sd / sqrt(n), ignoring clusters
  double se_cr0 = 0;         ///< sqrt(sum_c (sum_{i in c} (d_i - mean))^2) / n
  double se_cr1 = 0;         ///< CR0 * sqrt(C / (C - 1))
  double df = 0;             ///< C - 1
  Interval interval;         ///< mean +- t_{C-1} * CR1
  double t = 0;              ///< mean / CR1; NaN or infinite when CR1 is 0
  double p_two_sided = 1;    ///< NaN when `t` is
  double design_effect = 1;  ///< (CR1 / se_iid)^2; NaN when se_iid is 0
};

/// Needs at least two clusters and finite values; 0 < level < 1.
ClusteredMean ClusteredMeanEstimate(std::span<const double> values,
                                    std::span<const std::int64_t> clusters, double level);

/// Cluster sign-flip test of the mean and the interval got by inverting it.
struct ClusterSignFlip {
  double mean = 0;
  double p_greater = 1;  ///< small when the mean is above 0
  double p_less = 1;
  Interval interval;  ///< means that neither one-sided test rejects; ends may be infinite
  std::int64_t resamples = 0;
  bool exact = false;
};

/// Flips whole clusters: valid when each cluster's total is symmetric about size times the true
/// mean. Rejecting the mean m to either side depends only on the means of random subsets of
/// clusters (Hartigan 1969, "Using subsample values as typical values"), so the interval of the
/// given level is made of order statistics of those, without a search. All 2^C subsets are used up
/// to C = 15, else `resamples` random ones plus the empty one. O(C * resamples + sort).
ClusterSignFlip ClusterSignFlipTest(const ClusterTotals& totals, double level,
                                    std::int64_t resamples, Random& random);

}  // namespace kedge::stats
