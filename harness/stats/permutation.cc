#include "harness/stats/permutation.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "harness/stats/checks.h"

namespace kedge::stats {
namespace {

constexpr std::size_t kMaxExactDifferences = 1000;
constexpr std::int64_t kMaxExactMagnitude = 10'000'000;
constexpr std::size_t kMaxEnumerated = 15;

// reach[s] = number of sign vectors whose negative part sums to s, so the signed sum is M - 2 s.
std::vector<double> NegativePartCounts(std::span<const std::int64_t> d, std::int64_t magnitude) {
  std::vector<double> reach(static_cast<std::size_t>(magnitude) + 1, 0.0);
  reach[0] = 1;
  std::size_t top = 0;
  for (const std::int64_t value : d) {
    const auto step = static_cast<std::size_t>(std::abs(value));
    top += step;
    for (std::size_t s = top + 1; s-- > 0;) {
      reach[s] += s >= step ? reach[s - step] : 0;
    }
  }
  return reach;
}

struct Tally {
  double observed;
  double slack;
  std::int64_t greater = 0, less = 0, both = 0;

  void Count(double sum) {
    greater += sum >= observed - slack;
    less += sum <= observed + slack;
    both += std::fabs(sum) >= std::fabs(observed) - slack;
  }
};

// Visits all sign vectors in Gray-code order, one flip per step.
void Enumerate(std::span<const double> d, Tally& tally) {
  std::vector<double> flipped(d.begin(), d.end());
  const std::uint32_t total = 1U << d.size();
  tally.Count(tally.observed);
  for (std::uint32_t i = 1; i < total; ++i) {
    auto& value = flipped[static_cast<std::size_t>(std::countr_zero(i))];
    value = -value;
    double sum = 0;
    for (const double v : flipped) sum += v;
    tally.Count(sum);
  }
}

double RandomlySignedSum(std::span<const double> d, Random& random) {
  double sum = 0;
  std::size_t i = 0;
  while (i < d.size()) {
    std::uint32_t bits = random();
    const std::size_t end = std::min(d.size(), i + 32);
    for (; i < end; ++i, bits >>= 1) {
      sum += std::bit_cast<double>(std::bit_cast<std::uint64_t>(d[i]) ^
                                   (static_cast<std::uint64_t>(bits & 1U) << 63));
    }
  }
  return sum;
}

}  // namespace

ExactPermutation PairedPermutationExact(std::span<const std::int64_t> differences) {
  Require(differences.size() <= kMaxExactDifferences,
          "the exact permutation test takes at most 1000 differences; use SignFlipTest");
  ExactPermutation r;
  std::int64_t magnitude = 0;
  for (const std::int64_t d : differences) {
    Require(d >= -kMaxExactMagnitude && d <= kMaxExactMagnitude,
            "a difference is too large to convolve");
    r.sum += d;
    magnitude += std::abs(d);
    Require(magnitude <= kMaxExactMagnitude, "the differences are too large to convolve");
  }
  const std::vector<double> reach = NegativePartCounts(differences, magnitude);
  r.sign_vectors = std::ldexp(1.0, static_cast<int>(differences.size()));
  r.count_greater = r.count_less = r.count_both = 0;
  for (std::int64_t s = 0; s <= magnitude; ++s) {
    const std::int64_t sum = magnitude - 2 * s;
    const double count = reach[static_cast<std::size_t>(s)];
    if (sum >= r.sum) r.count_greater += count;
    if (sum <= r.sum) r.count_less += count;
    if (std::abs(sum) >= std::abs(r.sum)) r.count_both += count;
  }
  r.p_greater = r.count_greater / r.sign_vectors;
  r.p_less = r.count_less / r.sign_vectors;
  r.p_two_sided = r.count_both / r.sign_vectors;
  return r;
}

SignFlipResult SignFlipTest(std::span<const double> differences, std::int64_t resamples,
                            Random& random) {
  RequireFinite(differences, "sign-flip test");
  Require(resamples > 0, "the sign-flip test needs at least one resample");
  double observed = 0;
  double magnitude = 0;
  for (const double d : differences) {
    observed += d;
    magnitude += std::fabs(d);
  }
  Tally tally{observed, 1e-12 * magnitude};
  SignFlipResult r;
  r.exact = differences.size() <= kMaxEnumerated;
  if (r.exact) {
    Enumerate(differences, tally);
    r.resamples = std::int64_t{1} << differences.size();
  } else {
    tally.Count(observed);
    for (std::int64_t b = 0; b < resamples; ++b) {
      tally.Count(RandomlySignedSum(differences, random));
    }
    r.resamples = resamples + 1;
  }
  const auto total = static_cast<double>(r.resamples);
  r.p_greater = static_cast<double>(tally.greater) / total;
  r.p_less = static_cast<double>(tally.less) / total;
  r.p_two_sided = static_cast<double>(tally.both) / total;
  return r;
}

}  // namespace kedge::stats
