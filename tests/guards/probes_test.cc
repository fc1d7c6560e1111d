// The decision on probes: exact limits, repeats, and how often a candidate that changed nothing is
// refused.
#include "guards/change/probes.h"

#include <gtest/gtest.h>

#include <cmath>

#include "guards/change_guard.h"
#include "harness/core/random.h"

namespace kedge::guards {
namespace {

ProbeResult Check(bool strict, ProbeCounts probes, ProbeCounts repeats = {}) {
  ProbeResult result;
  result.check = {"rule", ProbeCheck::Kind::kGuideline, strict, strict};
  result.probes = probes;
  result.repeats = repeats;
  return result;
}

std::vector<std::string> Refused(std::vector<ProbeResult> results) {
  std::vector<std::string> rules;
  for (const ChangeFinding& finding : JudgeProbes(ProbePolicy{}, 100, results)) {
    EXPECT_FALSE(finding.ask);
    rules.push_back(finding.rule);
  }
  return rules;
}

TEST(ProbesTest, CountsPairsByWhatBothDid) {
  ProbeCounts counts;
  for (const Conduct a : {Conduct::kAbsent, Conduct::kKept, Conduct::kBroken}) {
    for (const Conduct b : {Conduct::kAbsent, Conduct::kKept, Conduct::kBroken}) counts.Add(a, b);
  }
  EXPECT_EQ(counts.both, 1);
  EXPECT_EQ(counts.falls, 1);
  EXPECT_EQ(counts.rises, 1);
  EXPECT_EQ(counts.missed, 1);
  EXPECT_EQ(counts.met(), 2);
}

TEST(ProbesTest, LimitsAreExact) {
  std::vector<ProbeResult> results = {Check(false, {100, 0, 0, 0}), Check(false, {0, 7, 0, 0})};
  JudgeProbes(ProbePolicy{}, 100, results);
  EXPECT_NEAR(results[0].fall_upper, 1 - std::pow(0.05, 0.01), 1e-9);
  EXPECT_EQ(results[0].state, "kept");
  EXPECT_NEAR(results[1].p, 2 * std::pow(0.5, 7), 1e-12) << "Holm over two";
  EXPECT_EQ(results[1].fall_upper, 1);
}

TEST(ProbesTest, FallsBeyondChanceAreRefused) {
  EXPECT_EQ(Refused({Check(false, {50, 6, 0, 0})}), std::vector<std::string>{});
  EXPECT_EQ(Refused({Check(false, {50, 7, 0, 0})}), std::vector<std::string>{"S15-drift"});
  EXPECT_EQ(Refused({Check(false, {50, 9, 5, 0})}), std::vector<std::string>{});
}

TEST(ProbesTest, OneFallOfWhatIsProtectedIsRefusedIfItRepeats) {
  const std::vector<std::string> refused = {"S3-weakening"};
  EXPECT_EQ(Refused({Check(true, {50, 1, 0, 0}, {0, 12, 0, 0})}), refused);
  EXPECT_EQ(Refused({Check(true, {50, 1, 0, 0}, {12, 0, 0, 0})}), std::vector<std::string>{});
  EXPECT_EQ(Refused({Check(true, {50, 1, 0, 0}, {3, 0, 0, 0})}), refused)
      << "too few repeats came up to excuse it";
  EXPECT_EQ(Refused({Check(true, {0, 0, 0, 0})}), refused) << "never met";
  EXPECT_EQ(Refused({Check(true, {0, 0, 0, 9})}), refused) << "the candidate never came to it";
}

// Two equal agents that follow each of ten rules in 90 % of the cases.
TEST(ProbesTest, ACandidateThatChangedNothingIsHardlyEverRefused) {
  Random random(7);
  const auto conduct = [&] { return random.Bernoulli(0.9) ? Conduct::kKept : Conduct::kBroken; };
  const auto draw = [&](int pairs) {
    ProbeCounts counts;
    for (int i = 0; i < pairs; ++i) counts.Add(conduct(), conduct());
    return counts;
  };
  constexpr int kGates = 2000;
  int ordinary = 0, strict = 0;
  for (int gate = 0; gate < kGates; ++gate) {
    std::vector<ProbeResult> others, guarded;
    for (int check = 0; check < 10; ++check) {
      others.push_back(Check(false, draw(100)));
      guarded.push_back(Check(true, draw(100), draw(24)));
    }
    ordinary += JudgeProbes(ProbePolicy{}, 100, others).empty() ? 0 : 1;
    strict += JudgeProbes(ProbePolicy{}, 100, guarded).empty() ? 0 : 1;
  }
  std::cout << "refused without a change: " << ordinary << " of " << kGates << ", strict " << strict
            << "\n";
  // At the level 0.01: at most 20 plus three standard deviations.
  EXPECT_LE(ordinary, 33);
  EXPECT_LE(strict, 33);
}

}  // namespace
}  // namespace kedge::guards
