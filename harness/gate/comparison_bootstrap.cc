#include "harness/gate/comparison_bootstrap.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "harness/core/parallel.h"
#include "harness/core/random.h"
#include "harness/stats/checks.h"
#include "harness/stats/descriptive.h"

namespace kedge::gate {
namespace {

// What drawing the number of one kind costs, in draws of one cluster.
constexpr std::size_t kDrawsPerKind = 32;

constexpr std::size_t kBlock = 64;
constexpr unsigned kThreads = 2;

struct ClusterKind {
  double sum = 0;
  double size = 0;
  std::int64_t count = 0;
};

std::vector<ClusterKind> GroupKinds(const stats::ClusterTotals& totals) {
  std::map<std::pair<double, double>, std::int64_t> counts;
  for (std::size_t c = 0; c < totals.count(); ++c) ++counts[{totals.sums[c], totals.sizes[c]}];
  std::vector<ClusterKind> kinds;
  for (const auto& [key, count] : counts) kinds.push_back({key.first, key.second, count});
  return kinds;
}

// Binomial(n, p) by inversion, searching outwards from the mode, where most of the mass is: the
// steps are of the order of the standard deviation.
std::int64_t DrawBinomial(std::int64_t n, double p, Random& random) {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  const auto count = static_cast<double>(n);
  const auto mode = std::min(n, static_cast<std::int64_t>((count + 1) * p));
  const auto at = static_cast<double>(mode);
  const double log_mass = std::lgamma(count + 1) - std::lgamma(at + 1) -
                          std::lgamma(count - at + 1) + at * std::log(p) +
                          (count - at) * std::log1p(-p);
  const double odds = p / (1 - p);
  double left = random.Uniform();
  double up_mass = std::exp(log_mass);
  double down_mass = up_mass;
  left -= up_mass;
  std::int64_t up = mode;
  std::int64_t down = mode;
  while (left > 0 && (up < n || down > 0)) {
    if (up < n) {
      up_mass *= odds * static_cast<double>(n - up) / static_cast<double>(up + 1);
      left -= up_mass;
      ++up;
      if (left <= 0) return up;
    }
    if (down > 0) {
      down_mass *= static_cast<double>(down) / (odds * static_cast<double>(n - down + 1));
      left -= down_mass;
      --down;
      if (left <= 0) return down;
    }
  }
  return mode;
}

double ResampleKinds(const std::vector<ClusterKind>& kinds, std::int64_t clusters, Random& random) {
  std::int64_t left = clusters;
  std::int64_t weight = clusters;
  double sum = 0;
  double size = 0;
  for (const ClusterKind& kind : kinds) {
    const double share = static_cast<double>(kind.count) / static_cast<double>(weight);
    const std::int64_t drawn = DrawBinomial(left, share, random);
    sum += static_cast<double>(drawn) * kind.sum;
    size += static_cast<double>(drawn) * kind.size;
    left -= drawn;
    weight -= kind.count;
  }
  return sum / size;
}

// One resample by drawing clusters. Taking the upper half of draw * count favours no index by more
// than count / 2^32.
double ResampleClusters(const stats::ClusterTotals& totals, bool equal_sizes, Random& random) {
  const std::uint64_t count = totals.count();
  double sum = 0;
  double size = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t c = (std::uint64_t{random()} * count) >> 32;
    sum += totals.sums[c];
    if (!equal_sizes) size += totals.sizes[c];
  }
  return sum / (equal_sizes ? static_cast<double>(count) * totals.sizes[0] : size);
}

bool HasEqualSizes(const stats::ClusterTotals& totals) {
  return std::all_of(totals.sizes.begin(), totals.sizes.end(),
                     [&totals](double size) { return size == totals.sizes[0]; });
}

}  // namespace

BootstrapMean BootstrapClusterMean(const stats::ClusterTotals& totals, std::int64_t resamples,
                                   double level, std::uint64_t seed) {
  stats::Require(totals.count() > 0, "the bootstrap needs at least one cluster");
  stats::Require(resamples >= 2, "the bootstrap needs at least two resamples");
  stats::RequireLevel(level, "confidence level");
  const std::vector<ClusterKind> kinds = GroupKinds(totals);
  const bool few_kinds = kinds.size() * kDrawsPerKind < totals.count();
  const bool equal_sizes = HasEqualSizes(totals);
  const auto count = static_cast<std::int64_t>(totals.count());
  const std::uint64_t base = DeriveSeed(seed, "bootstrap");
  std::vector<double> means(static_cast<std::size_t>(resamples));
  // Each resample has a stream of its own, so that the threads do not change the result.
  const std::size_t blocks = (means.size() + kBlock - 1) / kBlock;
  ParallelFor(blocks, few_kinds ? 1 : kThreads, [&](std::size_t block) {
    const std::size_t end = std::min(means.size(), (block + 1) * kBlock);
    for (std::size_t b = block * kBlock; b < end; ++b) {
      Random random(base, b);
      means[b] = few_kinds ? ResampleKinds(kinds, count, random)
                           : ResampleClusters(totals, equal_sizes, random);
    }
  });
  std::sort(means.begin(), means.end());
  return {std::sqrt(stats::SampleVariance(means)), stats::QuantileSorted(means, (1 - level) / 2),
          stats::QuantileSorted(means, (1 + level) / 2)};
}

}  // namespace kedge::gate
