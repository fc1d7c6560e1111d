// What both arms make of recorded traces as a score of behaviour.

#include "harness/drift/tape_scores.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/stats/drift_permutation.h"
#include "tests/drift/drift_testing.h"

namespace kedge::drift {
namespace {

/// Both arms follow `n` traces; the candidate leaves the tape with probability `more` higher.
std::vector<FollowedPair> Followed(int n, double more, Random& random) {
  std::vector<FollowedPair> pairs;
  for (int i = 0; i < n; ++i) {
    FollowedPair pair{"t" + std::to_string(i), 1 + static_cast<double>(random.Below(4))};
    pair.champion_left = random.Bernoulli(0.3);
    pair.candidate_left = random.Bernoulli(0.3 + more);
    pair.champion_agreement = pair.champion_left ? random.Uniform() : 1;
    pair.candidate_agreement = pair.candidate_left ? random.Uniform() : 1;
    pairs.push_back(pair);
  }
  return pairs;
}

TEST(TapeScoresTest, EqualTheExactPermutationTest) {
  Random random(1);
  std::vector<FollowedPair> pairs = Followed(11, 0.4, random);
  for (FollowedPair& pair : pairs) pair.weight = 1;
  stats::TaskFeatures champion, candidate;
  for (const FollowedPair& pair : pairs) {
    champion.push_back({pair.champion_agreement});
    candidate.push_back({pair.candidate_agreement});
  }
  const stats::DriftPermutation truth = stats::DriftPermutationExact(
      champion, candidate,
      [](std::span<const double> a, std::span<const double> b) { return std::abs(a[0] - b[0]); });
  DriftReport report;
  AddTapeScores(pairs, {}, report);
  const FeatureDrift* score = report.Find("tape_agreement");
  ASSERT_NE(score, nullptr);
  EXPECT_NEAR(score->test.observed, truth.observed, 1e-12);
  EXPECT_NEAR(score->test.mean, truth.mean, 1e-12);
  EXPECT_EQ(score->test.hits, truth.hits);
  EXPECT_EQ(score->test.labellings, 2048);
}

TEST(TapeScoresTest, TracesCountByTheirWeight) {
  std::vector<FollowedPair> pairs(2);
  pairs[0] = {"a", 3, 1, 0.5, false, true};
  pairs[1] = {"b", 1, 1, 1, false, false};
  DriftReport report;
  AddTapeScores(pairs, {}, report);
  EXPECT_DOUBLE_EQ(report.Find("tape_agreement")->candidate, 0.625);
  EXPECT_DOUBLE_EQ(report.Find("tape_divergence")->candidate, 0.75);
  EXPECT_DOUBLE_EQ(report.Find("tape_divergence")->champion, 0);
  EXPECT_FALSE(report.changed) << "two traces show nothing";
}

TEST(TapeScoresTest, ACandidateThatLeavesTheTapeChangesTheReport) {
  Random random(2);
  const std::vector<Behaviour> same = testing::Simulated(80, 1, 0, random);
  DriftReport report = MeasureDrift(same, same, {});
  const std::size_t scores = report.features.size();
  ASSERT_FALSE(report.changed);
  AddTapeScores({}, {}, report);
  EXPECT_EQ(report.features.size(), scores) << "nothing was followed";
  AddTapeScores(Followed(300, 0.3, random), {}, report);
  EXPECT_EQ(report.features.size(), scores + 2);
  EXPECT_TRUE(report.changed);
  EXPECT_TRUE(report.Find("tape_divergence")->changed);
  EXPECT_EQ(report.Find("tape_divergence")->examples.size(), 3U);
  EXPECT_TRUE(report.index_feature.starts_with("tape_")) << report.index_feature;
}

// By exchangeability P(p <= 0.05) <= 0.05; 3 standard errors above.
TEST(TapeScoresTest, ErrorRateWithoutAChange) {
  Random random(3);
  DriftOptions options;
  options.resamples = 199;
  constexpr int kDraws = 1500;
  int rejected = 0, changed = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    DriftReport report;
    options.seed = static_cast<std::uint64_t>(draw);
    AddTapeScores(Followed(40, 0, random), options, report);
    rejected += report.Find("tape_agreement")->test.p <= 0.05 ? 1 : 0;
    changed += report.changed ? 1 : 0;
  }
  EXPECT_LE(rejected, kDraws * 0.05 + 3 * std::sqrt(kDraws * 0.05 * 0.95));
  EXPECT_GE(rejected, kDraws * 0.02) << "the test is not asleep";
  EXPECT_LE(changed, kDraws * 0.01 + 3 * std::sqrt(kDraws * 0.01 * 0.99));
}

}  // namespace
}  // namespace kedge::drift
