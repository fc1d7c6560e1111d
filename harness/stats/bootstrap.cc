#include "harness/stats/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/stats/checks.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {
namespace {

constexpr std::size_t kMaxExactClusters = 7;

double Acceleration(std::span<const double> jackknife) {
  const double centre = Mean(jackknife);
  double squares = 0;
  double cubes = 0;
  for (const double v : jackknife) {
    const double u = centre - v;
    squares += u * u;
    cubes += u * u * u;
  }
  return squares == 0 ? 0 : cubes / (6 * std::pow(squares, 1.5));
}

double BcaLevel(double z0, double acceleration, double z) {
  if (std::isinf(z0)) return z0 > 0 ? 1 : 0;
  const double shifted = z0 + z;
  return NormalCdf(z0 + shifted / (1 - acceleration * shifted));
}

void CheckTotals(const ClusterTotals& totals) {
  RequireSameSize(totals.sums.size(), totals.sizes.size(), "cluster sums and sizes");
  Require(totals.count() > 0, "the cluster bootstrap needs at least one cluster");
  RequireFinite(totals.sums, "cluster sums");
  for (const double size : totals.sizes) RequirePositive(size, "cluster size");
}

ClusterBootstrap Summarise(const ClusterTotals& totals, std::vector<double> replicates) {
  ClusterBootstrap r;
  r.resamples = static_cast<std::int64_t>(replicates.size());
  r.point = std::accumulate(totals.sums.begin(), totals.sums.end(), 0.0) /
            std::accumulate(totals.sizes.begin(), totals.sizes.end(), 0.0);
  r.mean = Mean(replicates);
  double squares = 0;
  for (const double v : replicates) squares += (v - r.mean) * (v - r.mean);
  r.sd = std::sqrt(squares / static_cast<double>(replicates.size()));
  std::sort(replicates.begin(), replicates.end());
  r.q05 = QuantileSorted(replicates, 0.05);
  r.q95 = QuantileSorted(replicates, 0.95);
  return r;
}

// Counts up in base C; false after the last combination.
bool Advance(std::vector<std::size_t>& digits) {
  for (std::size_t& digit : digits) {
    if (++digit < digits.size()) return true;
    digit = 0;
  }
  return false;
}

}  // namespace

BcaResult BcaInterval(double estimate, std::span<const double> jackknife,
                      std::span<const double> replicates, double level) {
  RequireLevel(level, "confidence level");
  Require(std::isfinite(estimate), "BCa: the estimate is not finite");
  Require(jackknife.size() >= 2 && replicates.size() >= 2,
          "BCa needs two or more jackknife values and replicates");
  RequireFinite(jackknife, "BCa jackknife");
  RequireFinite(replicates, "BCa replicates");
  std::vector<double> sorted(replicates.begin(), replicates.end());
  std::sort(sorted.begin(), sorted.end());
  const auto range = std::equal_range(sorted.begin(), sorted.end(), estimate);
  const auto below = static_cast<double>(range.first - sorted.begin());
  const auto ties = static_cast<double>(range.second - range.first);
  BcaResult r;
  r.estimate = estimate;
  r.z0 = NormalQuantile((below + 0.5 * ties) / static_cast<double>(sorted.size()));
  r.acceleration = Acceleration(jackknife);
  const double tail = (1 - level) / 2;
  r.alpha_low = BcaLevel(r.z0, r.acceleration, NormalQuantile(tail));
  r.alpha_high = BcaLevel(r.z0, r.acceleration, NormalQuantile(1 - tail));
  r.interval = {QuantileSorted(sorted, r.alpha_low), QuantileSorted(sorted, r.alpha_high)};
  r.percentile = {QuantileSorted(sorted, tail), QuantileSorted(sorted, 1 - tail)};
  return r;
}

BcaResult BcaBootstrap(std::span<const double> data, const Statistic& statistic,
                       std::int64_t resamples, double level, Random& random) {
  RequireFinite(data, "bootstrap");
  Require(data.size() >= 2 && resamples >= 2, "the bootstrap needs two or more values and draws");
  std::vector<double> replicates;
  std::vector<double> draw(data.size());
  for (std::int64_t b = 0; b < resamples; ++b) {
    for (double& value : draw) value = data[random.Below(data.size())];
    replicates.push_back(statistic(draw));
  }
  std::vector<double> jackknife;
  std::vector<double> rest(data.begin() + 1, data.end());
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (i > 0) rest[i - 1] = data[i - 1];  // now holds all but data[i]
    jackknife.push_back(statistic(rest));
  }
  return BcaInterval(statistic(data), jackknife, replicates, level);
}

ClusterBootstrap ClusterBootstrapExact(const ClusterTotals& totals) {
  CheckTotals(totals);
  Require(totals.count() <= kMaxExactClusters,
          "the exact cluster bootstrap takes at most 7 clusters; use ClusterBootstrapSample");
  std::vector<double> replicates;
  std::vector<std::size_t> digits(totals.count(), 0);
  do {
    double sum = 0;
    double size = 0;
    for (const std::size_t c : digits) {
      sum += totals.sums[c];
      size += totals.sizes[c];
    }
    replicates.push_back(sum / size);
  } while (Advance(digits));
  return Summarise(totals, std::move(replicates));
}

ClusterBootstrap ClusterBootstrapSample(const ClusterTotals& totals, std::int64_t resamples,
                                        Random& random) {
  CheckTotals(totals);
  Require(resamples >= 2, "the cluster bootstrap needs two or more resamples");
  std::vector<double> replicates;
  for (std::int64_t b = 0; b < resamples; ++b) {
    double sum = 0;
    double size = 0;
    for (std::size_t i = 0; i < totals.count(); ++i) {
      const auto c = static_cast<std::size_t>(random.Below(totals.count()));
      sum += totals.sums[c];
      size += totals.sizes[c];
    }
    replicates.push_back(sum / size);
  }
  return Summarise(totals, std::move(replicates));
}

}  // namespace kedge::stats
