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

// Clusters that are drawn from together: 10 bits name one, so a word holds three draws.
constexpr int kDrawBits = 10;
constexpr std::size_t kDrawBlock = std::size_t{1} << kDrawBits;
constexpr int kDrawsPerWord = 3;

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

/// The sums of the clusters that a resample draws.
struct DrawnTotals {
  double sum = 0;
  double size = 0;

  void Add(const stats::ClusterTotals& totals, bool equal_sizes, std::size_t cluster) {
    sum += totals.sums[cluster];
    size += equal_sizes ? totals.sizes[0] : totals.sizes[cluster];
  }
};

// `drawn` clusters of the whole block that starts at `first`.
void DrawFromBlock(const stats::ClusterTotals& totals, bool equal_sizes, std::size_t first,
                   std::int64_t drawn, Random& random, DrawnTotals& out) {
  while (drawn > 0) {
    std::uint32_t word = random();
    for (int i = 0; i < kDrawsPerWord && drawn > 0; ++i, --drawn) {
      out.Add(totals, equal_sizes, first + (word & (kDrawBlock - 1)));
      word >>= kDrawBits;
    }
  }
}

// One resample in two steps that together are as drawing cluster by cluster: how many draws fall
// into each block of clusters, then which ones. A few bits are a draw then, not a whole word, and a
// block stays in the nearest cache.
double ResampleClusters(const stats::ClusterTotals& totals, bool equal_sizes, Random& random) {
  const std::size_t count = totals.count();
  auto left = static_cast<std::int64_t>(count);
  DrawnTotals out;
  for (std::size_t first = 0; first < count; first += kDrawBlock) {
    const std::size_t width = std::min(kDrawBlock, count - first);
    const double share = static_cast<double>(width) / static_cast<double>(count - first);
    const std::int64_t drawn = DrawBinomial(left, share, random);
    left -= drawn;
    if (width == kDrawBlock) {
      DrawFromBlock(totals, equal_sizes, first, drawn, random, out);
      continue;
    }
    for (std::int64_t i = 0; i < drawn; ++i) {
      out.Add(totals, equal_sizes, first + random.Below(width));
    }
  }
  return out.sum / out.size;
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
