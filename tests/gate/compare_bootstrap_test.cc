#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/gate/comparison_bootstrap.h"
#include "harness/stats/bootstrap.h"

namespace kedge::gate {
namespace {

// All C^C resamples are the truth for small numbers of clusters.
TEST(CompareBootstrap, AgreesWithFullEnumeration) {
  const stats::ClusterTotals totals{{1, -1, 0, 2, 0, 1}, {2, 1, 1, 3, 1, 2}};
  const stats::ClusterBootstrap exact = stats::ClusterBootstrapExact(totals);
  const BootstrapMean drawn = BootstrapClusterMean(totals, 200'000, 0.90, 5);
  EXPECT_NEAR(drawn.sd, exact.sd, 0.005);
  EXPECT_NEAR(drawn.low, exact.q05, 0.02);
  EXPECT_NEAR(drawn.high, exact.q95, 0.02);
}

// 300 binary pairs are three kinds; the standard deviation of a mean has a formula.
TEST(CompareBootstrap, DrawingKindsTogetherIsTheSameDistribution) {
  stats::ClusterTotals totals;
  for (int i = 0; i < 300; ++i) {
    totals.sums.push_back(i % 10 < 3 ? 1 : i % 10 < 4 ? -1 : 0);
    totals.sizes.push_back(1);
  }
  const BootstrapMean drawn = BootstrapClusterMean(totals, 50'000, 0.95, 5);
  const double sd = std::sqrt((0.4 - 0.2 * 0.2) / 300);
  EXPECT_NEAR(drawn.sd, sd, 0.02 * sd);
  EXPECT_NEAR(drawn.low, 0.2 - 1.96 * sd, 0.1 * sd);
  EXPECT_NEAR(drawn.high, 0.2 + 1.96 * sd, 0.1 * sd);
}

TEST(CompareBootstrap, ManyKindsAndFewKindsAgree) {
  stats::ClusterTotals few;
  stats::ClusterTotals many;
  Random random(3);
  for (int i = 0; i < 500; ++i) {
    const double value = i % 2 == 0 ? 1 : 0;
    few.sums.push_back(value);
    few.sizes.push_back(1);
    many.sums.push_back(value + 1e-9 * random.Uniform());
    many.sizes.push_back(1);
  }
  const BootstrapMean a = BootstrapClusterMean(few, 20'000, 0.95, 5);
  const BootstrapMean b = BootstrapClusterMean(many, 20'000, 0.95, 5);
  EXPECT_NEAR(a.sd, b.sd, 0.03 * a.sd);
  EXPECT_NEAR(a.low, b.low, 0.2 * a.sd);
}

// More clusters than are drawn from together, of different sizes, with an incomplete last block.
TEST(CompareBootstrap, DrawingByBlocksIsTheSameDistribution) {
  stats::ClusterTotals totals;
  Random random(4);
  double squares = 0, sum = 0;
  for (int i = 0; i < 2500; ++i) {
    // The blocks differ, as in a file that is sorted by score.
    const double value = random.Uniform() + (i < 1024 ? 1 : i < 2048 ? 0 : -3);
    totals.sums.push_back(value);
    totals.sizes.push_back(1);
    sum += value;
    squares += value * value;
  }
  const double mean = sum / 2500;
  const double sd = std::sqrt((squares / 2500 - mean * mean) / 2500);
  const BootstrapMean drawn = BootstrapClusterMean(totals, 20'000, 0.95, 5);
  EXPECT_NEAR(drawn.sd, sd, 0.02 * sd);
  EXPECT_NEAR(drawn.low, mean - 1.96 * sd, 0.08 * sd);
  EXPECT_NEAR(drawn.high, mean + 1.96 * sd, 0.08 * sd);
}

TEST(CompareBootstrap, SeededAndStrict) {
  const stats::ClusterTotals totals{{1, 0, 0, 1}, {1, 1, 1, 1}};
  EXPECT_EQ(BootstrapClusterMean(totals, 1000, 0.9, 1).sd,
            BootstrapClusterMean(totals, 1000, 0.9, 1).sd);
  EXPECT_NE(BootstrapClusterMean(totals, 1000, 0.9, 1).sd,
            BootstrapClusterMean(totals, 1000, 0.9, 2).sd);
  EXPECT_THROW(BootstrapClusterMean({}, 1000, 0.9, 1), Error);
  EXPECT_THROW(BootstrapClusterMean(totals, 1, 0.9, 1), Error);
  EXPECT_THROW(BootstrapClusterMean(totals, 1000, 1, 1), Error);
}

}  // namespace
}  // namespace kedge::gate
