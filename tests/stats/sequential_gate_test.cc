#include "harness/stats/sequential_gate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "tests/stats/gate_fixtures.h"

namespace kedge::stats {
namespace {

using stats_fixtures::Draw;
using stats_fixtures::OneStratum;
using stats_fixtures::Play;
using stats_fixtures::PlayRound;
using stats_fixtures::ScriptedPair;
using stats_fixtures::Stratum;
using stats_fixtures::TwoStrataAndGuard;

ScriptedPair RandomPair(double win, double loss, Random& random) {
  return {Draw(win, loss, random), {Draw(.02, .03, random)}, {}, {}, {}};
}

void ExpectSameEvidence(const SequentialGate& a, const SequentialGate& b) {
  EXPECT_EQ(a.verdict(), b.verdict());
  EXPECT_EQ(a.rounds(), b.rounds());
  EXPECT_EQ(a.pairs(), b.pairs());
  const GateEvidence x = a.Evidence();
  const GateEvidence y = b.Evidence();
  EXPECT_EQ(x.log_e_gain, y.log_e_gain);
  EXPECT_EQ(x.log_e_futile, y.log_e_futile);
  EXPECT_EQ(x.log_e_noninferior, y.log_e_noninferior);
  EXPECT_EQ(x.log_e_loss, y.log_e_loss);
  EXPECT_EQ(x.log_m_block, y.log_m_block);
  ASSERT_EQ(x.components.size(), y.components.size());
  for (std::size_t k = 0; k < x.components.size(); ++k) {
    EXPECT_EQ(x.components[k].log_e_noninferior, y.components[k].log_e_noninferior);
    EXPECT_EQ(x.components[k].log_e_harm, y.components[k].log_e_harm);
  }
  EXPECT_EQ(a.PromotionLogE(), b.PromotionLogE());
}

// Interrupts anywhere, in the middle of rounds too.
TEST(SequentialGate, ResumedRunsAreIdentical) {
  const GateDesign design = TwoStrataAndGuard();
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Random pairs(seed);
    Random again(seed);
    Random interrupt(seed, 1);
    const double win = .12 + .003 * static_cast<double>(seed);
    const SequentialGate whole = Play(design, [&](int) { return RandomPair(win, .15, pairs); });
    SequentialGate parts(design);
    while (true) {
      const std::vector<int> round = parts.NextRound();
      if (round.empty()) break;
      for (const int s : round) {
        if (interrupt.Bernoulli(.2)) {
          parts = SequentialGate::Restore(design, parts.Save());
          ASSERT_EQ(parts.NextRound().front(), s);
        }
        parts.AddPair(s, RandomPair(win, .15, again).View());
      }
      parts.EndRound();
      if (interrupt.Bernoulli(.2)) parts = SequentialGate::Restore(design, parts.Save());
    }
    ExpectSameEvidence(whole, parts);
  }
}

TEST(SequentialGate, GoesOnWithALargerBudget) {
  Random pairs(5);
  Random again(5);
  GateDesign design = OneStratum(40);
  const auto next = [](Random& r) { return ScriptedPair{Draw(.2, .12, r), {}, {}, {}, {}}; };
  SequentialGate small = Play(design, [&](int) { return next(pairs); });
  ASSERT_EQ(small.verdict(), Verdict::kHoldInconclusive);
  design.max_pairs = 2000;
  SequentialGate more = SequentialGate::Restore(design, small.Save());
  EXPECT_EQ(more.verdict(), Verdict::kUndecided);
  while (PlayRound(more, [&](int) { return next(pairs); })) {
  }
  const SequentialGate whole = Play(design, [&](int) { return next(again); });
  ExpectSameEvidence(whole, more);
}

// The order of strata inside a round does not change the overall unit.
TEST(SequentialGate, OverallEvidenceIgnoresTheOrderOfStrata) {
  GateDesign forward = OneStratum(3000);
  forward.strata = {Stratum("a", .5), Stratum("b", .3), Stratum("c", .2)};
  GateDesign backward = forward;
  std::reverse(backward.strata.begin(), backward.strata.end());
  SequentialGate one(forward);
  SequentialGate two(backward);
  Random random(6);
  for (int round = 0; round < 60; ++round) {
    double d[3];
    for (double& v : d) v = Draw(.15, .15, random);
    const std::vector<int> first = one.NextRound();
    const std::vector<int> second = two.NextRound();
    if (first.size() < 3 || second.size() < 3) break;
    for (const int s : first) one.AddPair(s, {d[s], {}, {}, {}, {}});
    for (const int s : second) two.AddPair(s, {d[2 - s], {}, {}, {}, {}});
    one.EndRound();
    two.EndRound();
    EXPECT_NEAR(one.Evidence().log_e_gain, two.Evidence().log_e_gain, 1e-9);
    EXPECT_NEAR(one.Evidence().log_e_loss, two.Evidence().log_e_loss, 1e-9);
    EXPECT_NEAR(one.Evidence().log_m_block, two.Evidence().log_m_block, 1e-9);
  }
  EXPECT_GT(one.rounds(), 20);
}

TEST(SequentialGate, SwappingTheArmsSwapsTheSides) {
  GateDesign design = OneStratum(100000);
  SequentialGate one(design);
  SequentialGate two(design);
  Random random(7);
  for (int i = 0; i < 50 && one.verdict() == Verdict::kUndecided; ++i) {
    const double d = Draw(.2, .2, random);
    ASSERT_EQ(one.NextRound().size(), 1U);
    ASSERT_EQ(two.NextRound().size(), 1U);
    one.AddPair(0, {d, {}, {}, {}, {}});
    two.AddPair(0, {-d, {}, {}, {}, {}});
    one.EndRound();
    two.EndRound();
    EXPECT_EQ(one.Evidence().log_e_gain, two.Evidence().log_e_loss);
    EXPECT_EQ(one.Evidence().log_e_loss, two.Evidence().log_e_gain);
    EXPECT_EQ(one.Evidence().log_e_futile, two.Evidence().log_e_noninferior);
  }
}

TEST(SequentialGate, TiesAloneNeverPromoteOrBlock) {
  for (const Objective objective : {Objective::kQuality, Objective::kCost, Objective::kEither}) {
    GateDesign design = TwoStrataAndGuard(5000);
    design.objective = objective;
    if (objective != Objective::kQuality) design.resources = {{"cost", .1, 1, .2, .01}};
    const std::vector<double> amounts(design.resources.size(), .2);
    const SequentialGate gate = Play(design, [&](int) {
      return ScriptedPair{0, {0}, {}, amounts, amounts};
    });
    EXPECT_EQ(gate.verdict(), Verdict::kHoldNoDifference);
    EXPECT_FALSE(gate.Evidence().gain_shown);
  }
}

TEST(SequentialGate, HardViolationBlocksAtOnceAndStays) {
  SequentialGate gate(OneStratum());
  gate.AddPair(gate.NextRound().at(0), {1, {}, {}, {}, {}});
  gate.ReportHardViolation();
  EXPECT_EQ(gate.verdict(), Verdict::kBlock);
  EXPECT_TRUE(gate.NextRound().empty());
  EXPECT_EQ(SequentialGate::Restore(OneStratum(), gate.Save()).verdict(), Verdict::kBlock);
}

TEST(SequentialGate, StopMakesAnUndecidedGateInconclusive) {
  SequentialGate gate(OneStratum());
  gate.Stop();
  EXPECT_EQ(gate.verdict(), Verdict::kHoldInconclusive);
  EXPECT_TRUE(gate.NextRound().empty());
  SequentialGate blocked(OneStratum());
  blocked.ReportHardViolation();
  blocked.Stop();
  EXPECT_EQ(blocked.verdict(), Verdict::kBlock);
}

TEST(SequentialGate, NamesTheStratumThatRegressed) {
  GateDesign design = OneStratum(2000);
  design.strata = {Stratum("good", .5), Stratum("bad", .5)};
  Random random(8);
  const SequentialGate gate = Play(design, [&](int s) {
    return ScriptedPair{s == 0 ? Draw(.3, .05, random) : Draw(.05, .4, random), {}, {}, {}, {}};
  });
  ASSERT_EQ(gate.verdict(), Verdict::kBlock);
  const GateEvidence e = gate.Evidence();
  EXPECT_FALSE(e.components[0].harmed);
  EXPECT_TRUE(e.components[1].harmed);
  EXPECT_EQ(e.components[1].name, "bad");
  EXPECT_LT(e.components[1].mean, 0);
}

TEST(SequentialGate, ToleratedLossIsNotBlocked) {
  GateDesign design = OneStratum(4000);
  design.strata[0].delta = .20;
  design.delta_overall = .20;
  Random a(9);
  const auto loss = [&](Random& r) { return ScriptedPair{Draw(.10, .15, r), {}, {}, {}, {}}; };
  design.strata[0].tau = .15;
  SequentialGate tolerant(design);
  for (int i = 0; i < 1500 && PlayRound(tolerant, [&](int) { return loss(a); }); ++i) {
  }
  EXPECT_LT(tolerant.Evidence().components[0].log_e_harm, 0);
}

TEST(SequentialGate, AGuardAboveItsAbsoluteLimitBlocks) {
  GateDesign design = OneStratum(4000);
  design.guards = {{"leak", .05, .10}};
  Random random(10);
  // Both arms violate in 30 % of runs: no difference, but far above the limit of 10 %.
  const auto next = [&](int) {
    return ScriptedPair{Draw(.1, .1, random), {0}, {random.Bernoulli(.3) ? 1.0 : 0.0}, {}, {}};
  };
  const SequentialGate gate = Play(design, next);
  EXPECT_EQ(gate.verdict(), Verdict::kBlock);
  const GateEvidence e = gate.Evidence();
  EXPECT_EQ(e.components.back().kind, ComponentKind::kGuardLimit);
  EXPECT_TRUE(e.components.back().harmed);
  EXPECT_FALSE(e.components[1].harmed);
}

TEST(SequentialGate, AGuardLimitMustBeShownForPromotion) {
  GateDesign design = OneStratum(4000);
  design.guards = {{"leak", .05, .02}};
  const SequentialGate gate = Play(design, [&](int) { return ScriptedPair{1, {0}, {0}, {}, {}}; });
  // A gain on every pair is shown at once; the rare violation needs the pairs.
  EXPECT_EQ(gate.verdict(), Verdict::kPromote);
  EXPECT_GT(gate.pairs(), 60);
  EXPECT_TRUE(gate.Evidence().components.back().noninferior_at_alpha);
}

TEST(SequentialGate, OpenResourceIsDrawnFromAllStrata) {
  GateDesign design = OneStratum(4000);
  design.strata = {Stratum("a", .5), Stratum("b", .5)};
  design.resources = {{"cost", .10, 1, .2, .01}};
  SequentialGate gate(design);
  bool only_resource_open = false;
  const std::vector<double> cost{.2};
  while (true) {
    const GateEvidence e = gate.Evidence();
    only_resource_open = e.gain_shown && e.components[0].noninferior_at_alpha &&
                         e.components[1].noninferior_at_alpha;
    const std::vector<int> round = gate.NextRound();
    if (round.empty()) break;
    if (only_resource_open) {
      EXPECT_EQ(round, (std::vector<int>{0, 1}));
    }
    const double gain_before = e.log_e_gain;
    for (const int s : round) gate.AddPair(s, {1, {}, {}, cost, cost});
    gate.EndRound();
    if (only_resource_open) {
      EXPECT_EQ(gate.Evidence().log_e_gain, gain_before);
    }
  }
  EXPECT_TRUE(only_resource_open);
  EXPECT_EQ(gate.verdict(), Verdict::kPromote);
}

TEST(SequentialGate, CostlierCandidateIsNotPromoted) {
  GateDesign design = OneStratum(800);
  design.resources = {{"cost", .10, 1, .2, .01}};
  const SequentialGate gate = Play(design, [](int) { return ScriptedPair{1, {}, {}, {.2}, {.3}}; });
  EXPECT_EQ(gate.verdict(), Verdict::kHoldInconclusive);
  EXPECT_FALSE(gate.Evidence().resources[0].within_limit);
}

TEST(SequentialGate, CostObjectivePromotesASavingWithoutLoss) {
  GateDesign design = OneStratum(4000);
  design.objective = Objective::kCost;
  design.resources = {{"cost", .10, 1, .3, .01}};
  Random random(14);
  const auto priced = [&](double cost) {
    return [&random, cost](int) {
      return ScriptedPair{
          Draw(.1, .1, random), {}, {}, {.3}, {cost * (.8 + .4 * random.Uniform())}};
    };
  };
  EXPECT_EQ(Play(design, priced(.24)).verdict(), Verdict::kPromote);
  EXPECT_EQ(Play(design, priced(.30)).verdict(), Verdict::kHoldNoDifference);
  design.objective = Objective::kEither;
  EXPECT_EQ(Play(design, priced(.24)).verdict(), Verdict::kPromote);
}

TEST(SequentialGate, EconomyStopsWithoutExcludingARegression) {
  GateDesign design = OneStratum(2000);
  design.hold_mode = HoldMode::kEconomy;
  Random random(15);
  const SequentialGate gate = Play(design, [&](int) {
    return ScriptedPair{Draw(.08, .12, random), {}, {}, {}, {}};
  });
  EXPECT_EQ(gate.verdict(), Verdict::kHoldNoDifference);
  EXPECT_TRUE(gate.Evidence().gain_excluded);
  EXPECT_FALSE(gate.Evidence().loss_excluded);
}

TEST(SequentialGate, SaysWhatWouldSettleIt) {
  Random random(17);
  const SequentialGate gate = Play(OneStratum(60), [&](int) {
    return ScriptedPair{Draw(.18, .12, random), {}, {}, {}, {}};
  });
  ASSERT_EQ(gate.verdict(), Verdict::kHoldInconclusive);
  const std::vector<OpenQuestion> open = gate.OpenQuestions();
  ASSERT_FALSE(open.empty());
  EXPECT_EQ(open[0].name, "gain");
  ASSERT_TRUE(open[0].pairs_needed.has_value());
  EXPECT_GT(*open[0].pairs_needed, 0);
  EXPECT_LT(*open[0].pairs_needed, 2000);
  EXPECT_NEAR(static_cast<double>(*open[0].pairs_needed),
              std::ceil((open[0].log_threshold - open[0].log_e) / open[0].growth), 1e-6);
}

TEST(SequentialGate, LedgerValueIsTheWeakestFrozenRequirement) {
  const SequentialGate gate = Play(OneStratum(), [](int) {
    return ScriptedPair{1, {}, {}, {}, {}};
  });
  ASSERT_EQ(gate.verdict(), Verdict::kPromote);
  EXPECT_GE(gate.PromotionLogE(), std::log(20.0));
  EXPECT_LE(gate.PromotionLogE(), gate.Evidence().log_e_gain + 1e-12);
}

TEST(SequentialGate, RefusesPairsOutOfTurnAndOutOfRange) {
  const GateDesign design = TwoStrataAndGuard();
  SequentialGate gate(design);
  const std::vector<double> guard{0};
  EXPECT_THROW(gate.AddPair(0, {0, guard, {}, {}, {}}), Error) << "no round was planned";
  ASSERT_EQ(gate.NextRound(), (std::vector<int>{0, 1, 1}));
  EXPECT_THROW(gate.AddPair(1, {0, guard, {}, {}, {}}), Error);
  EXPECT_THROW(gate.EndRound(), Error);
  const std::vector<double> wild{1.5};
  EXPECT_THROW(gate.AddPair(0, {1.5, guard, {}, {}, {}}), Error);
  EXPECT_THROW(gate.AddPair(0, {std::nan(""), guard, {}, {}, {}}), Error);
  EXPECT_THROW(gate.AddPair(0, {0, {}, {}, {}, {}}), Error);
  EXPECT_THROW(gate.AddPair(0, {0, wild, {}, {}, {}}), Error);
  EXPECT_THROW(gate.AddPair(0, {0, guard, {}, guard, {}}), Error);
  EXPECT_EQ(gate.pairs(), 0);
  gate.AddPair(0, {0, guard, {}, {}, {}});
  EXPECT_EQ(gate.NextRound(), (std::vector<int>{1, 1}));
}

TEST(SequentialGate, RefusesStatesThatDoNotFit) {
  const GateDesign design = TwoStrataAndGuard();
  SequentialGate gate(design);
  gate.NextRound();
  const GateState good = gate.Save();
  const auto broken = [&](const auto& change) {
    GateState state = good;
    change(state);
    EXPECT_THROW(SequentialGate::Restore(design, state), Error);
  };
  broken([](GateState& s) { s.processes.pop_back(); });
  broken([](GateState& s) { s.processes[0].bet.squares = 0; });
  broken([](GateState& s) { s.processes[3].bet.log_wealth = std::nan(""); });
  broken([](GateState& s) { s.processes[1].moments.count = -1; });
  broken([](GateState& s) { s.round[1] = 7; });
  broken([](GateState& s) { s.round_done = 4; });
  broken([](GateState& s) { s.round_sums.clear(); });
  broken([](GateState& s) { s.pairs = -1; });
  EXPECT_EQ(SequentialGate::Restore(design, good).NextRound().size(), 3U);
}

}  // namespace
}  // namespace kedge::stats
