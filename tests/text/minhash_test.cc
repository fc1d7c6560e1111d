#include "harness/text/minhash.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/error.h"
#include "harness/core/random.h"

namespace kedge::text {
namespace {

// Two sets of which `common` of `size` members are shared.
std::pair<std::vector<std::uint64_t>, std::vector<std::uint64_t>> Sets(std::uint64_t seed, int size,
                                                                       int common) {
  Random random(seed);
  std::vector<std::uint64_t> a, b;
  for (int i = 0; i < size; ++i) {
    a.push_back(random.Next64());
    b.push_back(i < common ? a.back() : random.Next64());
  }
  return {a, b};
}

TEST(MinHashTest, EstimatesTheJaccardSimilarityWithoutBias) {
  for (const int common : {0, 10, 50, 90, 100}) {
    const double truth = common / (200.0 - common);
    double sum = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const auto [a, b] = Sets(seed, 100, common);
      sum += EstimatedJaccard(MinHash(a), MinHash(b));
    }
    // Standard error of one estimate at most 0.0442, of the mean of 200 at most 0.0032; the hash
    // family is the same for all, so that the means are compared with some room.
    EXPECT_NEAR(sum / 200, truth, 0.015) << common;
  }
}

TEST(MinHashTest, IsOfTheSetNotOfItsOrderOrRepeats) {
  const std::vector<std::uint64_t> once = {1, 2, 3}, again = {3, 1, 2, 2, 1};
  EXPECT_EQ(MinHash(once), MinHash(again));
  EXPECT_NE(MinHash(once), MinHash(std::vector<std::uint64_t>{1, 2}));
}

TEST(MinHashTest, ALaterNearDuplicateGoesToTheFirstLeader) {
  const auto [a, b] = Sets(7, 100, 99);
  const auto [c, d] = Sets(8, 100, 30);
  const std::vector<MinHashSignature> signatures = {MinHash(a), MinHash(c), MinHash(b), MinHash(d),
                                                    MinHash(c)};
  EXPECT_EQ(NearDuplicateLeaders(signatures, 0.9), (std::vector<std::size_t>{0, 1, 0, 3, 1}));
  EXPECT_EQ(NearDuplicateLeaders({}, 0.9), std::vector<std::size_t>());
  EXPECT_THROW(NearDuplicateLeaders(signatures, 0), Error);
  EXPECT_THROW(NearDuplicateLeaders(signatures, 1.1), Error);
}

}  // namespace
}  // namespace kedge::text
