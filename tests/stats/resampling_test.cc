#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/stats/bootstrap.h"
#include "harness/stats/distribution_distance.h"
#include "harness/stats/drift_permutation.h"

namespace kedge::stats {
namespace {

double MeanOf(std::span<const double> values) { return Mean(values); }

TEST(Bootstrap, BcaOfAMeanIsNearTheNormalInterval) {
  Random random(51);
  std::vector<double> data(80);
  for (double& v : data) v = random.Uniform();
  const BcaResult r = BcaBootstrap(data, MeanOf, 4000, .95, random);
  const double half = 1.96 * std::sqrt(SampleVariance(data) / 80);
  EXPECT_NEAR(r.interval.low, r.estimate - half, .15 * half);
  EXPECT_NEAR(r.interval.high, r.estimate + half, .15 * half);
  EXPECT_NEAR(r.acceleration, 0, .05);
}

TEST(Bootstrap, JackknifeLeavesOutOneValueEach) {
  Random random(52);
  std::vector<std::vector<double>> seen;
  const std::vector<double> data{1, 2, 3};
  BcaBootstrap(
      data,
      [&seen](std::span<const double> x) {
        if (x.size() == 2) seen.emplace_back(x.begin(), x.end());
        return Mean(x);
      },
      10, .9, random);
  EXPECT_EQ(seen, (std::vector<std::vector<double>>{{2, 3}, {1, 3}, {1, 2}}));
}

TEST(Bootstrap, SampledClustersAgreeWithEnumeration) {
  const ClusterTotals totals{{-.3, .6, .4, .9}, {3, 5, 3, 2}};
  Random random(53);
  const ClusterBootstrap exact = ClusterBootstrapExact(totals);
  const ClusterBootstrap sample = ClusterBootstrapSample(totals, 10000, random);
  EXPECT_NEAR(sample.sd / exact.sd, 1, .03);
  EXPECT_NEAR(sample.q05, exact.q05, .25 * exact.sd);  // the distribution is discrete
  EXPECT_EQ(sample.point, exact.point);
}

TEST(Bootstrap, ExtremeReplicatesGiveTheEndOfTheRange) {
  const std::vector<double> jackknife{1, 2, 3};
  const std::vector<double> replicates{5, 6, 7};
  const BcaResult r = BcaInterval(4, jackknife, replicates, .9);
  EXPECT_TRUE(std::isinf(r.z0));
  EXPECT_EQ(r.interval.low, 5);
  EXPECT_EQ(r.interval.high, 5);
}

TEST(Bootstrap, RefusesBadInput) {
  const std::vector<double> two{1, 2};
  const std::vector<double> one{1};
  EXPECT_THROW(BcaInterval(1, one, two, .9), Error);
  EXPECT_THROW(BcaInterval(1, two, one, .9), Error);
  EXPECT_THROW(BcaInterval(std::nan(""), two, two, .9), Error);
  EXPECT_THROW(BcaInterval(1, two, two, 0), Error);
  Random random(54);
  EXPECT_THROW(BcaBootstrap(one, MeanOf, 10, .9, random), Error);
  EXPECT_THROW(ClusterBootstrapExact({{}, {}}), Error);
  EXPECT_THROW(ClusterBootstrapExact({std::vector<double>(8, 1.0), std::vector<double>(8, 1.0)}),
               Error);
  EXPECT_THROW(ClusterBootstrapSample({{1}, {-1}}, 10, random), Error);
}

TaskFeatures RandomTasks(std::size_t tasks, double tilt, Random& random) {
  TaskFeatures features;
  for (std::size_t i = 0; i < tasks; ++i) {
    const std::vector<double> counts{1 + tilt + static_cast<double>(random.Below(4)),
                                     1 + static_cast<double>(random.Below(4)),
                                     1 + static_cast<double>(random.Below(4))};
    features.push_back(Normalised(counts));
  }
  return features;
}

TEST(DriftPermutation, SampledAgreesWithEnumeration) {
  Random random(55);
  const TaskFeatures a = RandomTasks(10, 0, random);
  const TaskFeatures b = RandomTasks(10, 1, random);
  const DriftPermutation exact = DriftPermutationExact(a, b, JensenShannonBits);
  const DriftPermutation sample = DriftPermutationSample(a, b, JensenShannonBits, 4999, random);
  EXPECT_EQ(exact.labellings, 1024);
  EXPECT_EQ(sample.labellings, 5000);
  EXPECT_EQ(sample.observed, exact.observed);
  EXPECT_NEAR(sample.p, exact.p, 4 * std::sqrt(exact.p * (1 - exact.p) / 5000));
  EXPECT_NEAR(sample.mean, exact.mean, 5 * exact.sd / std::sqrt(5000.0));
}

// Without change the p-value is at most its level, for any distance and any number of tasks.
TEST(DriftPermutation, HoldsItsLevelWithoutChange) {
  int below = 0;
  constexpr int kTrials = 2000;
  for (int trial = 0; trial < kTrials; ++trial) {
    Random random(56, static_cast<std::uint64_t>(trial));
    const TaskFeatures a = RandomTasks(8, 0, random);
    const TaskFeatures b = RandomTasks(8, 0, random);
    below += DriftPermutationExact(a, b, JensenShannonBits).p <= .05;
  }
  EXPECT_LE(below / static_cast<double>(kTrials), .05 + 2.33 * std::sqrt(.05 * .95 / kTrials));
  EXPECT_GT(below, 0);
}

TEST(DriftPermutation, IdenticalArmsHaveNoDrift) {
  Random random(57);
  const TaskFeatures a = RandomTasks(6, 0, random);
  const DriftPermutation r = DriftPermutationExact(a, a, JensenShannonBits);
  EXPECT_EQ(r.p, 1);
  EXPECT_EQ(r.sd, 0);
  EXPECT_TRUE(std::isnan(r.z));
}

TEST(DriftPermutation, RefusesBadInput) {
  Random random(58);
  const TaskFeatures a = RandomTasks(3, 0, random);
  TaskFeatures shorter = a;
  shorter.pop_back();
  TaskFeatures ragged = a;
  ragged[1].pop_back();
  EXPECT_THROW(DriftPermutationExact(a, shorter, JensenShannonBits), Error);
  EXPECT_THROW(DriftPermutationExact(a, ragged, JensenShannonBits), Error);
  EXPECT_THROW(DriftPermutationExact({}, {}, JensenShannonBits), Error);
  const TaskFeatures many = RandomTasks(21, 0, random);
  EXPECT_THROW(DriftPermutationExact(many, many, JensenShannonBits), Error);
  EXPECT_THROW(DriftPermutationSample(a, a, JensenShannonBits, 0, random), Error);
  EXPECT_THROW(Normalised(std::vector<double>{0, 0}), Error);
  EXPECT_THROW(Normalised(std::vector<double>{1, -1}), Error);
}

}  // namespace
}  // namespace kedge::stats
