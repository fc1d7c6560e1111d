#include "harness/stats/clustered.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_map>

#include "harness/stats/checks.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {
namespace {

constexpr std::size_t kMaxEnumeratedClusters = 15;
constexpr double kUnbounded = std::numeric_limits<double>::infinity();

// Means of subsets of clusters; `empty` counts the subsets without a cluster.
struct SubsetMeans {
  std::vector<double> means;
  std::int64_t empty = 0;

  void Add(double sum, double size) {
    if (size > 0) {
      means.push_back(sum / size);
    } else {
      ++empty;
    }
  }
  std::int64_t total() const { return static_cast<std::int64_t>(means.size()) + empty; }
};

void AddAllSubsets(const ClusterTotals& t, SubsetMeans& subsets) {
  const std::uint32_t all = 1U << t.count();
  for (std::uint32_t mask = 0; mask < all; ++mask) {
    double sum = 0;
    double size = 0;
    for (std::uint32_t rest = mask; rest != 0; rest &= rest - 1) {
      const auto c = static_cast<std::size_t>(std::countr_zero(rest));
      sum += t.sums[c];
      size += t.sizes[c];
    }
    subsets.Add(sum, size);
  }
}

void AddRandomSubset(const ClusterTotals& t, Random& random, SubsetMeans& subsets) {
  double sum = 0;
  double size = 0;
  for (std::size_t c = 0; c < t.count();) {
    std::uint32_t bits = random();
    for (const std::size_t end = std::min(t.count(), c + 32); c < end; ++c, bits >>= 1) {
      if ((bits & 1U) == 0) continue;
      sum += t.sums[c];
      size += t.sizes[c];
    }
  }
  subsets.Add(sum, size);
}

SubsetMeans DrawSubsets(const ClusterTotals& t, bool exact, std::int64_t resamples,
                        Random& random) {
  SubsetMeans subsets;
  if (exact) {
    AddAllSubsets(t, subsets);
  } else {
    subsets.empty = 1;  // the identity, i.e. the observed signs
    for (std::int64_t b = 0; b < resamples; ++b) AddRandomSubset(t, random, subsets);
  }
  std::sort(subsets.means.begin(), subsets.means.end());
  return subsets;
}

// The test of mean m against "greater" has p = (empty + #{subset means <= m}) / total; the lowest
// mean with p > tail is therefore an order statistic. The upper end mirrors it.
Interval Invert(const SubsetMeans& s, double tail) {
  const double allowed = tail * static_cast<double>(s.total());
  const auto skip = static_cast<std::int64_t>(std::floor(allowed + 1e-9)) - s.empty;
  if (skip < 0) return {-kUnbounded, kUnbounded};
  const auto k = static_cast<std::size_t>(skip);
  if (k >= s.means.size()) return {-kUnbounded, kUnbounded};
  return {s.means[k], s.means[s.means.size() - 1 - k]};
}

}  // namespace

ClusterTotals SumByCluster(std::span<const double> values, std::span<const std::int64_t> clusters) {
  ClusterTotals t;
  if (clusters.empty()) {
    t.sums.assign(values.begin(), values.end());
    t.sizes.assign(values.size(), 1.0);
    return t;
  }
  RequireSameSize(values.size(), clusters.size(), "values and clusters");
  std::unordered_map<std::int64_t, std::size_t> index;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto [at, added] = index.try_emplace(clusters[i], t.count());
    if (added) {
      t.sums.push_back(0);
      t.sizes.push_back(0);
    }
    t.sums[at->second] += values[i];
    t.sizes[at->second] += 1;
  }
  return t;
}

ClusteredMean ClusteredMeanEstimate(std::span<const double> values,
                                    std::span<const std::int64_t> clusters, double level) {
  RequireFinite(values, "clustered mean");
  RequireLevel(level, "confidence level");
  ClusteredMean r;
  r.n = static_cast<std::int64_t>(values.size());
  const auto n = static_cast<double>(r.n);
  const ClusterTotals totals = SumByCluster(values, clusters);
  r.clusters = static_cast<std::int64_t>(totals.count());
  Require(r.clusters >= 2, "a clustered mean needs at least two clusters");
  r.mean = Mean(values);
  double squares = 0;
  for (std::size_t c = 0; c < totals.count(); ++c) {
    const double residual = totals.sums[c] - totals.sizes[c] * r.mean;
    squares += residual * residual;
  }
  const auto count = static_cast<double>(r.clusters);
  r.se_iid = std::sqrt(SampleVariance(values) / n);
  r.se_cr0 = std::sqrt(squares) / n;
  r.se_cr1 = r.se_cr0 * std::sqrt(count / (count - 1));
  r.df = count - 1;
  const double half = StudentTQuantile(0.5 + level / 2, r.df) * r.se_cr1;
  r.interval = {r.mean - half, r.mean + half};
  r.t = r.mean / r.se_cr1;
  r.p_two_sided = std::isnan(r.t) ? r.t : StudentTTwoSided(r.t, r.df);
  r.design_effect = (r.se_cr1 / r.se_iid) * (r.se_cr1 / r.se_iid);
  return r;
}

ClusterSignFlip ClusterSignFlipTest(const ClusterTotals& totals, double level,
                                    std::int64_t resamples, Random& random) {
  RequireLevel(level, "confidence level");
  RequireSameSize(totals.sums.size(), totals.sizes.size(), "cluster sums and sizes");
  RequireFinite(totals.sums, "cluster sums");
  Require(totals.count() > 0, "the sign-flip test needs at least one cluster");
  for (const double size : totals.sizes) RequirePositive(size, "cluster size");
  Require(resamples > 0, "the sign-flip test needs at least one resample");
  ClusterSignFlip r;
  r.exact = totals.count() <= kMaxEnumeratedClusters;
  const SubsetMeans subsets = DrawSubsets(totals, r.exact, resamples, random);
  r.resamples = subsets.total();
  const double size = std::accumulate(totals.sizes.begin(), totals.sizes.end(), 0.0);
  r.mean = std::accumulate(totals.sums.begin(), totals.sums.end(), 0.0) / size;
  double magnitude = 0;
  for (const double sum : totals.sums) magnitude += std::fabs(sum);
  const double slack = 1e-12 * magnitude;
  const auto below =
      std::upper_bound(subsets.means.begin(), subsets.means.end(), slack) - subsets.means.begin();
  const auto above =
      subsets.means.end() - std::lower_bound(subsets.means.begin(), subsets.means.end(), -slack);
  const auto total = static_cast<double>(subsets.total());
  r.p_greater = static_cast<double>(subsets.empty + below) / total;
  r.p_less = static_cast<double>(subsets.empty + above) / total;
  r.interval = Invert(subsets, (1 - level) / 2);
  return r;
}

}  // namespace kedge::stats
