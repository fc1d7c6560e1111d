// Confidence sequences, error ledger, e-value multiplicity, monitors.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/stats/change_detection.h"
#include "harness/stats/confidence_sequence.h"
#include "harness/stats/e_lond.h"
#include "harness/stats/group_sequential.h"
#include "harness/stats/ladder.h"
#include "harness/stats/multiplicity.h"
#include "harness/stats/sprt.h"
#include "harness/stats/vault.h"

namespace kedge::stats {
namespace {

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

TEST(ConfidenceSequence, CoversTheMeanAtAllTimes) {
  int misses = 0;
  constexpr int kRuns = 200;
  for (int run = 0; run < kRuns; ++run) {
    Random random(61, static_cast<std::uint64_t>(run));
    BettingConfidenceSequence sequence(.05);
    bool missed = false;
    for (int t = 1; t <= 120; ++t) {
      sequence.Add(random.Bernoulli(.3) ? 1 : 0);
      missed = missed || sequence.LogCapital(.3) >= std::log(1 / .05);
    }
    misses += missed;
  }
  EXPECT_LE(misses / static_cast<double>(kRuns), .05 + 2.33 * std::sqrt(.05 * .95 / kRuns));
}

TEST(ConfidenceSequence, BoundsAreWhereTheCapitalReachesItsLimit) {
  Random random(62);
  BettingConfidenceSequence sequence(.1);
  EXPECT_EQ(sequence.Bounds().low, 0);
  EXPECT_EQ(sequence.Bounds().high, 1);
  for (int t = 0; t < 300; ++t) sequence.Add(.5 + .3 * random.Uniform());
  const Interval b = sequence.Bounds();
  EXPECT_LT(b.low, .65);
  EXPECT_GT(b.high, .65);
  EXPECT_NEAR(sequence.LogCapital(b.low), std::log(10.0), 1e-8);
  EXPECT_NEAR(sequence.LogCapital(b.high), std::log(10.0), 1e-8);
}

TEST(ConfidenceSequence, MapsDifferences) {
  std::vector<double> d(100, 0);
  for (std::size_t i = 0; i < 30; ++i) d[3 * i] = 1;
  const Interval b = DifferenceConfidenceSequence(d, .05);
  EXPECT_GT(b.low, 0);
  EXPECT_LT(b.low, .3);
  EXPECT_GT(b.high, .3);
  EXPECT_THROW(DifferenceConfidenceSequence(std::vector<double>{1.1}, .05), Error);
  EXPECT_THROW(BettingConfidenceSequence(0), Error);
  EXPECT_THROW(EmpiricalBernsteinSequence(std::vector<double>{-.1}, .05), Error);
}

TEST(EMultiplicity, ClosureIsTheMinimumOverAllSubsets) {
  Random random(63);
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<double> e(1 + random.Below(8));
    for (double& v : e) v = std::exp(8 * random.Uniform() - 4);
    const std::vector<double> adjusted = EClosureAdjust(e);
    std::vector<double> logs;
    for (const double v : e) logs.push_back(std::log(v));
    const std::vector<double> log_adjusted = EClosureAdjustLog(logs);
    for (std::size_t k = 0; k < e.size(); ++k) {
      double lowest = kUnlimited;
      for (unsigned mask = 1; mask < (1U << e.size()); ++mask) {
        if (((mask >> k) & 1U) == 0) continue;
        double sum = 0;
        double size = 0;
        for (std::size_t j = 0; j < e.size(); ++j) {
          if (((mask >> j) & 1U) != 0) sum += e[j], size += 1;
        }
        lowest = std::min(lowest, sum / size);
      }
      EXPECT_NEAR(adjusted[k] / lowest, 1, 1e-12);
      EXPECT_NEAR(log_adjusted[k], std::log(lowest), 1e-12);
    }
  }
}

TEST(EMultiplicity, SurvivesHugeEvidence) {
  const std::vector<double> logs{2000, -kUnlimited, 1};
  const std::vector<double> adjusted = EClosureAdjustLog(logs);
  EXPECT_NEAR(adjusted[0], 2000 - std::log(3.0), 1e-9);
  EXPECT_EQ(adjusted[1], -kUnlimited);
  EXPECT_THROW(EClosureAdjust(std::vector<double>{-1}), Error);
  EXPECT_THROW(EBenjaminiHochberg(std::vector<double>{1}, 0), Error);
  EXPECT_TRUE(HolmAdjust({}).empty());
  EXPECT_THROW(HolmAdjust(std::vector<double>{1.5}), Error);
}

TEST(ELond, ResumesAndEnds) {
  ELond season = ELond::Even(.10, 3);
  EXPECT_NEAR(season.NextAlpha(), .1 / 3, 1e-15);
  EXPECT_TRUE(season.Test(kUnlimited));
  ELond resumed = ELond::Even(.10, 3, season.spent(), season.rejections());
  EXPECT_NEAR(resumed.NextAlpha(), 2 * .1 / 3, 1e-15);
  EXPECT_FALSE(resumed.Test(14.9));
  EXPECT_TRUE(resumed.Test(15.1));
  EXPECT_TRUE(resumed.exhausted());
  EXPECT_EQ(resumed.NextAlpha(), 0);
  EXPECT_THROW(resumed.Test(100), Error);
}

TEST(ELond, RefusesBadSeasons) {
  EXPECT_THROW(ELond(.1, {.6, .6}), Error);
  EXPECT_THROW(ELond(.1, {-.1}), Error);
  EXPECT_THROW(ELond(0, {.5}), Error);
  EXPECT_THROW(ELond(.1, {.5}, 2), Error);
  EXPECT_THROW(ELond(.1, {.5, .5}, 1, 2), Error);
  EXPECT_THROW(ELond::Even(.1, 0), Error);
  EXPECT_THROW(ELond::Even(.1, 2).Test(-1), Error);
  EXPECT_THROW(ELond::Even(.1, 2).Test(std::nan("")), Error);
}

TEST(EDetector, ResumesFromItsLogs) {
  const EDetectorDesign design{.8, {.1, .2}, {}, 1000};
  EDetector whole(design);
  EDetector parts(design);
  Random random(64);
  for (int t = 0; t < 300; ++t) {
    const double x = random.Bernoulli(.7) ? 1 : 0;
    whole.Update(x);
    if (t % 37 == 0 && t > 0) parts = EDetector(design, parts.log_components());
    parts.Update(x);
  }
  EXPECT_EQ(whole.log_statistic(), parts.log_statistic());
  EXPECT_GT(whole.log_statistic(), 5);
}

TEST(EDetector, SurvivesBeyondTheRangeOfDouble) {
  EDetector detector({.8, {.2}, {}, 100});
  for (int t = 0; t < 5000; ++t) detector.Update(0);
  EXPECT_GT(detector.log_statistic(), 1000);
  EXPECT_TRUE(detector.alarm());
}

TEST(EDetector, RefusesBadInput) {
  EXPECT_THROW(EDetector({1, {.1}, {}, 100}), Error);
  EXPECT_THROW(EDetector({.8, {}, {}, 100}), Error);
  EXPECT_THROW(EDetector({.8, {.9}, {}, 100}), Error);
  EXPECT_THROW(EDetector({.8, {.1}, {.5}, 100}), Error);
  EXPECT_THROW(EDetector({.8, {.1}, {}, 1}), Error);
  EDetector detector({.8, {.1}, {}, 100});
  EXPECT_THROW(detector.Update(1.5), Error);
  EXPECT_THROW(detector.Update(1, 0), Error);
  EXPECT_THROW(EDetector({.8, {.1}, {}, 100}, {0, 0}), Error);
  EXPECT_THROW(BernoulliCusum(.8, .8, 1), Error);
  EXPECT_THROW(PageHinkley(.1, 0, 1, 1), Error);
}

TEST(Sprt, RefusesBadDesigns) {
  EXPECT_THROW(BernoulliSprt(.8, .8, .05, .1), Error);
  EXPECT_THROW(BernoulliSprt(.8, .7, .6, .6), Error);
  EXPECT_THROW(SequentialMcnemarExact(.5, 1, -1, 10), Error);
  EXPECT_THROW(SequentialMcnemarExact(.6, 1, 1, 10), Error);
  EXPECT_THROW(WaldLowerBound(.7, .7, 0, .05, .1), Error);
  EXPECT_EQ(WaldLowerBound(.1, .2, 0, .05, .1).pairs, kUnlimited);
  EXPECT_NEAR(WaldLowerBound(.28, .18, 0, .05, .1).pairs, 216.87, .01);
}

TEST(GroupSequential, SingleLookIsTheFixedTest) {
  const GroupSequentialDesign d = LanDeMetsObrienFleming(.025, 1);
  EXPECT_NEAR(d.z_bounds.at(0), 1.959963985, 1e-8);
  EXPECT_THROW(LanDeMetsObrienFleming(.5, 3), Error);
  EXPECT_THROW(LanDeMetsObrienFleming(.05, 0), Error);
}

TEST(Vault, MatchesPublishedExamples) {
  EXPECT_EQ(ComputeVaultBudget({1000, .25, .10, 50, .05}).fails, 3);
  EXPECT_EQ(ComputeVaultBudget({400, .17, .10, 20, .05}).fails, 1);
  EXPECT_EQ(ComputeVaultBudget({200, .17, .10, 20, .05}).fails, -1);
  EXPECT_EQ(ComputeVaultBudget({200, .17, .20, 20, .05}).fails, 5);
  EXPECT_THROW(ComputeVaultBudget({0, .17, .20, 20, .05}), Error);
  EXPECT_THROW(ComputeVaultBudget({10, .17, 0, 20, .05}), Error);
}

TEST(Ladder, RefusesOtherTasks) {
  Ladder ladder({1, 0, 1});
  EXPECT_THROW(ladder.Submit(std::vector<double>{1, 0}), Error);
  EXPECT_THROW(Ladder({1}), Error);
  Thresholdout holdout(.04, 0, 0);
  EXPECT_FALSE(holdout.Query(.5, .5, {}).has_value());
  EXPECT_THROW(Thresholdout(0, 0, 1), Error);
}

}  // namespace
}  // namespace kedge::stats
