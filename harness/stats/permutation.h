#pragma once

#include <cstdint>
#include <span>

#include "harness/core/random.h"

namespace kedge::stats {

/// Exact sign-flip test of integer paired differences (Fisher 1935; Pitman 1937).
struct ExactPermutation {
  std::int64_t sum = 0;
  double sign_vectors = 1;   ///< 2^n
  double count_greater = 1;  ///< sign vectors whose sum is >= the observed one
  double count_less = 1;     ///< ... <= ...
  double count_both = 1;     ///< ... at least as far from 0
  double p_greater = 1;
  double p_less = 1;
  double p_two_sided = 1;
};

/// All 2^n sign vectors, zeros kept, counted by integer convolution in O(n * sum|d|) time and
/// O(sum|d|) memory. Counts are exact up to n = 53 and good to 1e-13 relative beyond that, up to
/// n = 1000. Throws Error(kBadData) for more differences, or when sum|d| exceeds 10,000,000.
ExactPermutation PairedPermutationExact(std::span<const std::int64_t> differences);

/// Monte Carlo or enumerated sign-flip p-values.
struct SignFlipResult {
  double p_greater = 1;  ///< small when the mean is above 0
  double p_less = 1;     ///< small when the mean is below 0
  double p_two_sided = 1;
  std::int64_t resamples = 0;
  bool exact = false;  ///< every sign vector was enumerated
};

/// Sign-flip test of real-valued differences that are exchangeable in sign under the null. Up to
/// 15 differences all sign vectors are enumerated (p may equal 2^-n); above that, `resamples`
/// random ones are drawn and p = (1 + hits) / (resamples + 1). O(n * resamples); about 2 ns
/// per flip. Sums within 1e-12 of the total magnitude count as ties.
SignFlipResult SignFlipTest(std::span<const double> differences, std::int64_t resamples,
                            Random& random);

}  // namespace kedge::stats
