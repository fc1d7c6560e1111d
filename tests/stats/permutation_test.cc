#include "harness/stats/permutation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "harness/core/error.h"
#include "harness/stats/mcnemar.h"

namespace kedge::stats {
namespace {

// With differences in {-1, 0, 1} the sign-flip test is McNemar's exact test.
TEST(Permutation, EqualsMcnemarOnBinaryOutcomes) {
  std::vector<std::int64_t> d(200, 0);
  for (std::size_t i = 0; i < 40; ++i) d[i] = i < 27 ? 1 : -1;
  const ExactPermutation r = PairedPermutationExact(d);
  const McnemarResult m = McnemarTest(13, 27);
  EXPECT_EQ(r.sum, 14);
  EXPECT_NEAR(r.p_greater / m.exact_greater, 1, 1e-12);
  EXPECT_NEAR(r.p_less / m.exact_less, 1, 1e-12);
  EXPECT_NEAR(r.p_two_sided / m.exact_two_sided, 1, 1e-12);
}

TEST(Permutation, HandlesNothingAndOnlyTies) {
  const ExactPermutation none = PairedPermutationExact({});
  EXPECT_EQ(none.p_greater, 1);
  EXPECT_EQ(none.sign_vectors, 1);
  const std::vector<std::int64_t> ties(5, 0);
  EXPECT_EQ(PairedPermutationExact(ties).p_two_sided, 1);
}

TEST(Permutation, RefusesWhatIsTooLarge) {
  EXPECT_THROW(PairedPermutationExact(std::vector<std::int64_t>(1001, 1)), Error);
  EXPECT_THROW(PairedPermutationExact(std::vector<std::int64_t>{20'000'000}), Error);
  EXPECT_THROW(PairedPermutationExact(std::vector<std::int64_t>(11, 1'000'000)), Error);
  EXPECT_THROW(
      PairedPermutationExact(std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::min()}),
      Error);
}

// scipy.stats.permutation_test over all sign vectors.
TEST(SignFlip, EnumeratesSmallSamples) {
  Random random(31);
  const std::vector<double> d{.5, -.25, 1, .75, .1};
  const SignFlipResult r = SignFlipTest(d, 1, random);
  EXPECT_TRUE(r.exact);
  EXPECT_EQ(r.resamples, 32);
  EXPECT_DOUBLE_EQ(r.p_greater, 0.09375);
}

TEST(SignFlip, SampledAgreesWithTheExactTest) {
  std::vector<std::int64_t> units;
  std::vector<double> d;
  Random random(32);
  for (int i = 0; i < 60; ++i) {
    units.push_back(static_cast<std::int64_t>(random.Below(41)) - 17);
    d.push_back(static_cast<double>(units.back()) / 20);
  }
  const ExactPermutation exact = PairedPermutationExact(units);
  const SignFlipResult r = SignFlipTest(d, 20000, random);
  EXPECT_FALSE(r.exact);
  const double se = std::sqrt(exact.p_greater * (1 - exact.p_greater) / 20000);
  EXPECT_NEAR(r.p_greater, exact.p_greater, 4 * se);
  EXPECT_NEAR(r.p_less, exact.p_less, 4 * se);
  EXPECT_NEAR(r.p_two_sided, exact.p_two_sided, 5 * se);
}

TEST(SignFlip, RefusesBadInput) {
  Random random(34);
  EXPECT_THROW(SignFlipTest(std::vector<double>{std::nan("")}, 10, random), Error);
  EXPECT_THROW(SignFlipTest(std::vector<double>{1}, 0, random), Error);
}

}  // namespace
}  // namespace kedge::stats
