// What `kedge plan` says, against sample sizes computed by hand from the normal approximation.

#include "harness/gate/planner.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/error.h"
#include "tests/run/fixture.h"
#include "tests/testing/needs.h"

namespace kedge::gate {
namespace {

constexpr double kZ = 1.6448536269514722 + 1.2815515655446004;  // alpha 0.05, power 0.9

class PlannerTest : public ::testing::Test {
 protected:
  SuitePlan Plan(const GatePolicy& policy, const PlanRequest& request = {}, int tasks = 20) {
    return PlanSuite(*run::FixtureSuite(folder_.path(), tasks), policy, request);
  }

  const testing::TempFolder folder_;
};

trace::RunRecord RunOf(const std::string& task, std::int64_t trial, bool success) {
  trace::RunRecord run;
  run.key.task_id = task;
  run.key.stratum = "one";
  run.key.trial = trial;
  run.outcome.success = success;
  run.outcome.score = success ? 1 : 0.5;
  run.outcome.has_cost = true;
  run.outcome.cost = success ? 0.02 : 0.04;
  return run;
}

TEST_F(PlannerTest, PairsFollowTheFormula) {
  const SuitePlan plan = Plan(DefaultGatePolicy());
  // Two strata of weight 1/2: a round of two pairs has half the variance of one pair.
  const double rounds = kZ * kZ * (0.25 / 2 - 0.05 * 0.05) / (0.05 * 0.05);
  EXPECT_EQ(plan.fixed_pairs, std::llround(std::ceil(2 * rounds)));
  ASSERT_EQ(plan.expected.size(), 3U);
  EXPECT_EQ(plan.expected[0].effect, 0);
  EXPECT_NEAR(static_cast<double>(plan.expected[1].pairs), 0.62 * 2 * rounds, 2);
  EXPECT_NEAR(static_cast<double>(plan.expected[2].pairs), 0.25 * 2 * rounds, 2);
  EXPECT_TRUE(plan.refusal.empty());
}

TEST_F(PlannerTest, WhatTheTasksSee) {
  GatePolicy policy;
  const SuitePlan plan = Plan(policy);  // stratum "one" has 40 tasks, "two" 20
  ASSERT_EQ(plan.questions.size(), 2U);
  EXPECT_NEAR(plan.questions[0].sight.effects[0], kZ * std::sqrt(0.25 / 40), 1e-9);
  EXPECT_NEAR(plan.questions[1].sight.effects[0], kZ * std::sqrt(0.25 / 20), 1e-9);
  EXPECT_NEAR(plan.questions[1].sight.effects[2], kZ * std::sqrt(0.25 / 80), 1e-9);
  EXPECT_NEAR(plan.overall.effects[0], kZ * std::sqrt(0.25 * 0.25 / 40 + 0.25 * 0.25 / 20), 1e-9);
  EXPECT_EQ(plan.overall.limit, 0);  // a claim about the listed tasks: runs alone get there

  policy.claim = Claim::kPopulation;
  const SuitePlan sample = Plan(policy);
  EXPECT_NEAR(sample.questions[1].sight.effects[0], plan.questions[1].sight.effects[0], 1e-12);
  // Of psi two thirds are chance between runs; the rest needs tasks.
  EXPECT_NEAR(sample.questions[1].sight.limit, kZ * std::sqrt(0.25 / 3 / 20), 1e-9);
  EXPECT_GT(sample.questions[1].sight.effects[3], sample.questions[1].sight.limit);
  EXPECT_FALSE(sample.trials[0].possible);
  EXPECT_FALSE(sample.refusal.empty());
  EXPECT_EQ(sample.claim, "population");
}

TEST_F(PlannerTest, MoreTrialsNeedFewerTasksAndMoreEpisodes) {
  const SuitePlan plan = Plan(DefaultGatePolicy());
  for (std::size_t i = 1; i < plan.trials.size(); ++i) {
    EXPECT_LT(plan.trials[i].tasks, plan.trials[i - 1].tasks);
    EXPECT_GT(plan.trials[i].episodes, plan.trials[i - 1].episodes);
    EXPECT_EQ(plan.trials[i].episodes, 2 * plan.trials[i].tasks * plan.trials[i].trials);
  }
  EXPECT_EQ(plan.trials[0].tasks, plan.fixed_pairs);
  EXPECT_NEAR(plan.trials[1].psi, 0.25 * (1 - 1.0 / 3), 1e-12);
}

TEST_F(PlannerTest, AnswersTheAskedEffectPowerAndPrice) {
  PlanRequest request;
  request.effect = 0.1;
  request.power = 0.8;
  request.price = 0.5;
  const SuitePlan plan = Plan(DefaultGatePolicy(), request);
  const double z = 1.6448536269514722 + 0.8416212335729143;
  EXPECT_EQ(plan.fixed_pairs, std::llround(std::ceil(2 * z * z * (0.125 - 0.01) / 0.01)));
  const Json json = ToJson(plan);
  EXPECT_EQ(json["expected"][1]["price"].get<double>(),
            0.5 * 2 * static_cast<double>(plan.expected[1].pairs));
  for (const auto& [effect, power, price] :
       std::vector<std::tuple<double, double, double>>{{0, .9, 1},
                                                       {5, .9, 1},
                                                       {.1, 0, 1},
                                                       {.1, 1, 1},
                                                       {.1, .9, -1},
                                                       {.1, .9, NAN},
                                                       {NAN, .9, 1}}) {
    EXPECT_THROW(Plan(DefaultGatePolicy(), {effect, power, price, {}}), Error);
  }
}

TEST_F(PlannerTest, APilotOfPairsMeasuresPsi) {
  std::vector<trace::RunRecord> champion, candidate;
  for (int i = 0; i < 40; ++i) {
    champion.push_back(RunOf("t" + std::to_string(i), 0, i % 2 == 0));
    candidate.push_back(RunOf("t" + std::to_string(i), 0, i % 2 == 0 || i < 8));  // 4 differ
  }
  candidate.push_back(RunOf("elsewhere", 0, true));
  trace::RunRecord missing = RunOf("t0", 1, true);
  missing.outcome.status = trace::EpisodeStatus::kMissing;
  champion.push_back(missing);
  const Pilot pilot = MeasurePilot(champion, candidate, false);
  EXPECT_EQ(pilot.pairs, 40);
  EXPECT_EQ(pilot.runs, 81);
  EXPECT_NEAR(*pilot.psi, 0.1, 1e-15);
  EXPECT_NEAR(pilot.stratum_psi.at("one"), 0.1, 1e-15);
  EXPECT_NEAR(*MeasurePilot(champion, candidate, true).psi, 0.1 * 0.25, 1e-15);
  EXPECT_NEAR(*pilot.episode_cost, (0.02 * (20 + 24 + 1) + 0.04 * (20 + 16)) / 81, 1e-12);
  PlanRequest request;
  request.pilot = pilot;
  EXPECT_NEAR(Plan(DefaultGatePolicy(), request).psi, 0.1, 1e-15);
}

TEST_F(PlannerTest, APilotOfRepeatsGivesTheNoiseFloor) {
  // Every task once right and once wrong: two runs differ with probability 1 when drawn without
  // replacement, and nothing lies between the tasks.
  std::vector<trace::RunRecord> runs;
  for (int i = 0; i < 10; ++i) {
    for (int trial = 0; trial < 2; ++trial) {
      runs.push_back(RunOf("t" + std::to_string(i), trial, trial == 0));
    }
  }
  const Pilot pilot = MeasurePilot(runs, {}, false);
  EXPECT_NEAR(*pilot.aa_discordance, 1, 1e-12);
  PlanRequest request;
  request.pilot = pilot;
  EXPECT_EQ(Plan(DefaultGatePolicy(), request).psi, 1);  // 1.5 cannot be
}

TEST_F(PlannerTest, APilotWithoutAnyDifferencePlansForTheEffectAtLeast) {
  std::vector<trace::RunRecord> runs;
  for (int i = 0; i < 10; ++i) runs.push_back(RunOf("t" + std::to_string(i), 0, true));
  PlanRequest request;
  request.pilot = MeasurePilot(runs, runs, false);
  EXPECT_EQ(*request.pilot->psi, 0);
  const SuitePlan plan = Plan(DefaultGatePolicy(), request);
  EXPECT_EQ(plan.psi, 0.05);
  EXPECT_NE(plan.psi_basis.find("raised"), std::string::npos);
}

TEST_F(PlannerTest, PilotsWithoutUseAreRefused) {
  trace::RunRecord missing = RunOf("a", 0, true);
  missing.outcome.status = trace::EpisodeStatus::kMissing;
  EXPECT_THROW(MeasurePilot({missing}, {}, false), Error);
  EXPECT_THROW(MeasurePilot({RunOf("a", 0, true)}, {RunOf("b", 0, true)}, false), Error);
}

TEST_F(PlannerTest, APolicyThatTheGateRefusesIsSaidSo) {
  GatePolicy policy;
  policy.max_pairs = 50;
  const SuitePlan plan = Plan(policy);
  EXPECT_NE(plan.refusal.find("max_pairs"), std::string::npos);
  EXPECT_NE(PlanText(plan).find("refuses"), std::string::npos);
  EXPECT_EQ(ToJson(plan)["refusal"], plan.refusal);
}

TEST_F(PlannerTest, OutsideTextIsEscaped) {
  PlanRequest request;
  request.pilot = Pilot{};
  request.pilot->source = "evil\x1b[31m";
  EXPECT_EQ(PlanText(Plan(DefaultGatePolicy(), request)).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace kedge::gate
