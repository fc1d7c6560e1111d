#include "harness/stats/fixed_gate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/stats/mcnemar.h"
#include "harness/stats/proportion_intervals.h"

namespace kedge::stats {
namespace {

PairedScores Binary(int both, int only_champion, int only_candidate, int neither) {
  PairedScores s;
  const auto add = [&s](int count, double champion, double candidate) {
    for (int i = 0; i < count; ++i) {
      s.champion.push_back(champion);
      s.candidate.push_back(candidate);
    }
  };
  add(both, 1, 1);
  add(only_champion, 1, 0);
  add(only_candidate, 0, 1);
  add(neither, 0, 0);
  return s;
}

FixedGateInput Whole(const PairedScores& scores, double margin = .10) {
  FixedGateInput input;
  input.overall = {"overall", .05, scores};
  input.strata = {{"all", margin, scores}};
  return input;
}

PairedScores Swapped(PairedScores s) {
  std::swap(s.champion, s.candidate);
  return s;
}

struct Case {
  const char* name;
  PairedScores scores;
  Verdict verdict;
};

TEST(FixedGate, DecidesBinaryPairs) {
  for (const Case& c :
       {Case{"clear gain", Binary(200, 10, 60, 230), Verdict::kPromote},
        Case{"clear loss", Binary(200, 60, 10, 230), Verdict::kBlock},
        Case{"much data, no change", Binary(2000, 100, 105, 1800), Verdict::kHoldNoDifference},
        Case{"little data", Binary(12, 3, 4, 11), Verdict::kHoldInconclusive},
        Case{"many ties", Binary(600, 0, 0, 400), Verdict::kHoldNoDifference},
        Case{"few ties", Binary(3, 0, 0, 2), Verdict::kHoldInconclusive},
        Case{"no pairs", {}, Verdict::kHoldInconclusive}}) {
    EXPECT_EQ(DecideFixed(Whole(c.scores), {}).verdict, c.verdict) << c.name;
  }
}

TEST(FixedGate, BinaryPairsUseMidPAndNewcombe) {
  const FixedComponent c = JudgeComponent({"x", .1, Binary(20, 2, 12, 16)}, {});
  EXPECT_EQ(c.method, FixedMethod::kMcnemarNewcombe);
  const McnemarResult m = McnemarTest(2, 12);
  EXPECT_EQ(c.p_up, m.midp_greater);
  EXPECT_EQ(c.p_down, m.midp_less);
  const Interval i = Newcombe10({20, 2, 12, 16}, .90).interval;
  EXPECT_EQ(c.low, i.low);
  EXPECT_EQ(c.high, i.high);
  EXPECT_EQ(c.n, 50);
  EXPECT_EQ(c.clusters, 50);
}

TEST(FixedGate, GainMustNotHideALossInAStratum) {
  FixedGateInput input = Whole(Binary(300, 20, 120, 260));
  input.strata = {{"a", .10, Binary(200, 0, 110, 190)}, {"b", .10, Binary(20, 6, 3, 21)}};
  const FixedVerdict held = DecideFixed(input, {});
  EXPECT_TRUE(held.gain_shown);
  EXPECT_FALSE(held.strata[1].noninferior);
  EXPECT_EQ(held.verdict, Verdict::kHoldInconclusive);
  input.strata[1].scores = Binary(80, 35, 5, 80);
  const FixedVerdict blocked = DecideFixed(input, {});
  EXPECT_EQ(blocked.verdict, Verdict::kBlock);
  EXPECT_TRUE(blocked.strata[1].regressed);
  EXPECT_FALSE(blocked.strata[0].regressed);
}

TEST(FixedGate, RegressionsAreAdjustedByHolm) {
  FixedGateInput input = Whole(Binary(300, 30, 30, 240));
  const PairedScores slight = Binary(50, 15, 6, 29);  // p_down about 0.03
  input.strata = {{"a", .5, slight}, {"b", .5, Binary(50, 9, 9, 32)}};
  input.guards = {{"g", .5, Binary(99, 0, 1, 0)}};
  const FixedVerdict v = DecideFixed(input, {});
  EXPECT_LT(v.strata[0].p_down, .05);
  EXPECT_NEAR(v.strata[0].p_down_adjusted, 3 * v.strata[0].p_down, 1e-15);
  EXPECT_FALSE(v.strata[0].regressed);
  input.strata.pop_back();
  input.guards.clear();
  EXPECT_TRUE(DecideFixed(input, {}).strata[0].regressed);
}

TEST(FixedGate, GuardsAndHardLimitsAndQualityDecide) {
  FixedGateInput input = Whole(Binary(200, 10, 60, 230));
  input.guards = {{"attack_success", .02, Binary(480, 0, 20, 0)}};
  EXPECT_EQ(DecideFixed(input, {}).verdict, Verdict::kPromote);
  input.guards[0].scores = Binary(470, 25, 5, 0);
  EXPECT_EQ(DecideFixed(input, {}).verdict, Verdict::kBlock);
  input.guards[0].scores = Binary(30, 0, 0, 0);  // too few to exclude a rise of 2 points
  EXPECT_EQ(DecideFixed(input, {}).verdict, Verdict::kHoldInconclusive);
  input.guards.clear();
  input.data_quality_failed = true;
  EXPECT_EQ(DecideFixed(input, {}).verdict, Verdict::kHoldInconclusive);
  input.hard_limit_broken = true;
  EXPECT_EQ(DecideFixed(input, {}).verdict, Verdict::kBlock);
}

PairedScores Clustered(int clusters, int size, double gain, double noise, std::uint64_t seed) {
  Random random(seed);
  PairedScores s;
  for (int c = 0; c < clusters; ++c) {
    const double shift = gain + noise * (2 * random.Uniform() - 1);
    for (int i = 0; i < size; ++i) {
      s.champion.push_back(.3 + .1 * random.Uniform());
      s.candidate.push_back(s.champion.back() + shift);
      s.clusters.push_back(100 - c);
    }
  }
  return s;
}

TEST(FixedGate, NumberOfClustersChoosesTheMethod) {
  const auto judge = [](int clusters) {
    return JudgeComponent({"x", .1, Clustered(clusters, 4, .1, .05, 41)}, {});
  };
  EXPECT_EQ(judge(40).method, FixedMethod::kClusteredT);
  EXPECT_EQ(judge(30).method, FixedMethod::kClusteredT);
  EXPECT_EQ(judge(29).method, FixedMethod::kClusterSignFlip);
  EXPECT_EQ(judge(6).method, FixedMethod::kClusterSignFlip);
  const FixedComponent few = judge(5);
  EXPECT_EQ(few.method, FixedMethod::kTooFewClusters);
  EXPECT_EQ(few.p_up, 1);
  EXPECT_EQ(few.low, -1);
  EXPECT_FALSE(few.noninferior);
  for (const int clusters : {40, 29, 6}) {
    const FixedComponent c = judge(clusters);
    EXPECT_EQ(c.clusters, clusters);
    EXPECT_EQ(c.n, 4 * clusters);
    EXPECT_LE(c.p_up, .05) << clusters;
    EXPECT_GT(c.low, 0) << clusters;
    EXPECT_LT(c.low, c.mean);
    EXPECT_GT(c.high, c.mean);
  }
  EXPECT_TRUE(DecideFixed(Whole(Clustered(5, 4, .1, .05, 41)), {}).too_few_clusters);
}

// The same pairs, said to be clustered, must not look like more evidence.
TEST(FixedGate, DuplicatedPairsInClustersShowNoMore) {
  PairedScores once = Binary(30, 5, 15, 30);
  PairedScores thrice;
  for (std::size_t i = 0; i < once.champion.size(); ++i) {
    for (int k = 0; k < 3; ++k) {
      thrice.champion.push_back(once.champion[i]);
      thrice.candidate.push_back(once.candidate[i]);
      thrice.clusters.push_back(static_cast<std::int64_t>(i));
    }
  }
  const FixedComponent a = JudgeComponent({"x", .1, once}, {});
  const FixedComponent b = JudgeComponent({"x", .1, thrice}, {});
  EXPECT_EQ(b.clusters, 80);
  EXPECT_NEAR(a.p_up, b.p_up, .01);
  EXPECT_NEAR(a.low, b.low, .01);
}

TEST(FixedGate, NoVarianceShowsNothing) {
  PairedScores constant;
  for (int i = 0; i < 50; ++i) {
    constant.champion.push_back(.5);
    constant.candidate.push_back(.75);
  }
  const FixedComponent c = JudgeComponent({"x", .1, constant}, {});
  EXPECT_EQ(c.method, FixedMethod::kNoVariance);
  EXPECT_EQ(c.p_up, 1);
  EXPECT_FALSE(c.noninferior);
  EXPECT_EQ(DecideFixed(Whole(constant), {}).verdict, Verdict::kHoldInconclusive);
}

TEST(FixedGate, TiedClustersCountAsThatManyPairs) {
  PairedScores s = Binary(150, 0, 0, 50);
  for (int i = 0; i < 200; ++i) s.clusters.push_back(i / 10);
  const FixedComponent c = JudgeComponent({"x", .05, s}, {});
  EXPECT_EQ(c.method, FixedMethod::kTiedClusters);
  EXPECT_EQ(c.low, Newcombe10({15, 0, 0, 5}, .90).interval.low);
  EXPECT_EQ(c.p_up, .5);
  EXPECT_FALSE(c.noninferior) << "20 clusters without a flip do not exclude 5 points";
}

TEST(FixedGate, SwappingTheArmsMirrorsEverything) {
  for (const PairedScores& s :
       {Binary(30, 12, 25, 33), Clustered(12, 3, .05, .1, 42), Clustered(50, 2, .02, .1, 43)}) {
    const FixedComponent a = JudgeComponent({"x", .1, s}, {});
    const FixedComponent b = JudgeComponent({"x", .1, Swapped(s)}, {});
    EXPECT_NEAR(a.p_up, b.p_down, 1e-12);
    EXPECT_NEAR(a.low, -b.high, 1e-12);
    EXPECT_EQ(a.method, b.method);
  }
}

TEST(FixedGate, IsDeterministicInItsSeed) {
  const FixedQuestion q{"x", .1, Clustered(20, 3, .05, .1, 44)};
  FixedGateDesign design;
  const FixedComponent a = JudgeComponent(q, design);
  EXPECT_EQ(a.low, JudgeComponent(q, design).low);
  design.seed = 2;
  EXPECT_NEAR(a.low, JudgeComponent(q, design).low, .01);
}

TEST(FixedGate, RefusesBadInput) {
  const PairedScores good = Binary(3, 1, 1, 3);
  PairedScores bad = good;
  bad.champion.pop_back();
  EXPECT_THROW(JudgeComponent({"x", .1, bad}, {}), Error);
  bad = good;
  bad.candidate[0] = 1.2;
  EXPECT_THROW(JudgeComponent({"x", .1, bad}, {}), Error);
  bad.candidate[0] = std::nan("");
  EXPECT_THROW(JudgeComponent({"x", .1, bad}, {}), Error);
  bad = good;
  bad.clusters = {1, 2};
  EXPECT_THROW(JudgeComponent({"x", .1, bad}, {}), Error);
  EXPECT_THROW(JudgeComponent({"x", 0, good}, {}), Error);
  FixedGateDesign design;
  design.level = 1;
  EXPECT_THROW(JudgeComponent({"x", .1, good}, design), Error);
  FixedGateInput input = Whole(good);
  input.strata.clear();
  EXPECT_THROW(DecideFixed(input, {}), Error);
}

TEST(PairedSummary, DescribesPairs) {
  const PairedScores s = Binary(20, 2, 12, 16);
  const PairedSummary r = SummarisePairs(s, {}, {{1, 0}, {1, 1}, {0, 0}});
  EXPECT_EQ(r.n, 50);
  EXPECT_DOUBLE_EQ(r.delta, .2);
  EXPECT_DOUBLE_EQ(r.psi, 14.0 / 50);
  EXPECT_DOUBLE_EQ(r.champion_mean, 22.0 / 50);
  EXPECT_DOUBLE_EQ(r.candidate_mean, 32.0 / 50);
  ASSERT_TRUE(r.rho && r.icc && r.interval && r.design_effect);
  // (ad - bc) / sqrt of the margins.
  EXPECT_NEAR(*r.rho, (20 * 16 - 2 * 12) / std::sqrt(22. * 28 * 32 * 18), 1e-12);
  EXPECT_NEAR(*r.icc, .5, 1e-12);
  EXPECT_NEAR(r.mde, (1.6448536269514722 + 1.2815515655446004) * std::sqrt(.28 / 50), 1e-9);
  EXPECT_NEAR(*r.design_effect, 1, 1e-9);
  const PairedSummary ties = SummarisePairs(Binary(1, 0, 0, 0), {});
  EXPECT_FALSE(ties.rho || ties.icc || ties.interval);
  EXPECT_THROW(SummarisePairs({}, {}), Error);
}

}  // namespace
}  // namespace kedge::stats
