#include "harness/stats/clustered.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/core/error.h"
#include "harness/stats/permutation.h"

namespace kedge::stats {
namespace {

ClusterTotals RandomTotals(std::size_t clusters, Random& random) {
  ClusterTotals t;
  for (std::size_t c = 0; c < clusters; ++c) {
    t.sizes.push_back(static_cast<double>(1 + random.Below(4)));
    t.sums.push_back(t.sizes.back() * (2 * random.Uniform() - .8));
  }
  return t;
}

// p of "the mean is m" against a larger one, by flipping the signs of all cluster residuals.
double BruteForceGreater(const ClusterTotals& t, double m) {
  std::vector<double> residuals;
  for (std::size_t c = 0; c < t.count(); ++c) residuals.push_back(t.sums[c] - m * t.sizes[c]);
  const double observed = std::accumulate(residuals.begin(), residuals.end(), 0.0);
  int hits = 0;
  const int all = 1 << t.count();
  for (int mask = 0; mask < all; ++mask) {
    double sum = 0;
    for (std::size_t c = 0; c < t.count(); ++c) {
      sum += ((mask >> c) & 1) != 0 ? -residuals[c] : residuals[c];
    }
    hits += sum >= observed - 1e-9;
  }
  return static_cast<double>(hits) / all;
}

TEST(ClusterSignFlip, EqualsBruteForceAndItsIntervalInvertsIt) {
  Random random(21);
  for (int trial = 0; trial < 30; ++trial) {
    const ClusterTotals t = RandomTotals(6 + random.Below(4), random);
    const ClusterSignFlip r = ClusterSignFlipTest(t, .90, 99, random);
    ASSERT_TRUE(r.exact);
    EXPECT_NEAR(r.p_greater, BruteForceGreater(t, 0), 1e-12);
    EXPECT_GT(BruteForceGreater(t, r.interval.low + 1e-7), .05);
    EXPECT_LE(BruteForceGreater(t, r.interval.low - 1e-7), .05);
    EXPECT_LE(r.interval.low, r.mean);
    EXPECT_GE(r.interval.high, r.mean);
  }
}

TEST(ClusterSignFlip, MirrorsWithTheSign) {
  Random random(22);
  const ClusterTotals t = RandomTotals(9, random);
  ClusterTotals negated = t;
  for (double& s : negated.sums) s = -s;
  const ClusterSignFlip a = ClusterSignFlipTest(t, .9, 99, random);
  const ClusterSignFlip b = ClusterSignFlipTest(negated, .9, 99, random);
  EXPECT_EQ(a.p_greater, b.p_less);
  EXPECT_DOUBLE_EQ(a.interval.low, -b.interval.high);
}

TEST(ClusterSignFlip, SampledAgreesWithTheClusteredT) {
  Random random(23);
  const ClusterTotals t = RandomTotals(28, random);
  Random draws(24);
  Random same(24);
  const ClusterSignFlip r = ClusterSignFlipTest(t, .90, 9999, draws);
  EXPECT_FALSE(r.exact);
  EXPECT_EQ(r.resamples, 10000);
  EXPECT_EQ(r.interval.low, ClusterSignFlipTest(t, .90, 9999, same).interval.low);
  std::vector<double> values;
  std::vector<std::int64_t> clusters;
  for (std::size_t c = 0; c < t.count(); ++c) {
    for (int i = 0; i < t.sizes[c]; ++i) {
      values.push_back(t.sums[c] / t.sizes[c]);
      clusters.push_back(static_cast<std::int64_t>(c) * 7 - 3);
    }
  }
  const ClusteredMean m = ClusteredMeanEstimate(values, clusters, .90);
  EXPECT_EQ(m.clusters, 28);
  EXPECT_NEAR(m.mean, r.mean, 1e-12);
  const double width = m.interval.high - m.interval.low;
  EXPECT_NEAR(r.interval.low, m.interval.low, .15 * width);
  EXPECT_NEAR(r.interval.high, m.interval.high, .15 * width);
}

// Three clusters allow no 5 % test: the interval is unbounded instead of wrong.
TEST(ClusterSignFlip, TooFewClustersBoundNothing) {
  Random random(25);
  const ClusterSignFlip r = ClusterSignFlipTest({{1, 2, 3}, {1, 1, 1}}, .90, 99, random);
  EXPECT_DOUBLE_EQ(r.p_greater, 1.0 / 8);
  EXPECT_TRUE(std::isinf(r.interval.low) && std::isinf(r.interval.high));
}

TEST(ClusteredMean, SingletonClustersGiveTheOrdinaryError) {
  const std::vector<double> values{.1, .4, -.2, .3, 0, .25};
  const ClusteredMean m = ClusteredMeanEstimate(values, {}, .95);
  EXPECT_EQ(m.clusters, 6);
  EXPECT_NEAR(m.se_cr1, m.se_iid, 1e-15);
  EXPECT_NEAR(m.design_effect, 1, 1e-12);
}

TEST(ClusteredMean, RefusesWhatItCannotEstimate) {
  const std::vector<double> values{.1, .4};
  const std::vector<std::int64_t> one{3, 3};
  const std::vector<std::int64_t> three{1, 2, 3};
  EXPECT_THROW(ClusteredMeanEstimate(values, one, .9), Error);
  EXPECT_THROW(ClusteredMeanEstimate(values, three, .9), Error);
  EXPECT_THROW(ClusteredMeanEstimate(values, {}, 1), Error);
  EXPECT_THROW(ClusteredMeanEstimate({}, {}, .9), Error);
  Random random(26);
  EXPECT_THROW(ClusterSignFlipTest({{}, {}}, .9, 99, random), Error);
  EXPECT_THROW(ClusterSignFlipTest({{1}, {0}}, .9, 99, random), Error);
  EXPECT_THROW(ClusterSignFlipTest({{std::nan("")}, {1}}, .9, 99, random), Error);
  EXPECT_THROW(ClusterSignFlipTest({{1}, {1}}, .9, 0, random), Error);
}

}  // namespace
}  // namespace kedge::stats
