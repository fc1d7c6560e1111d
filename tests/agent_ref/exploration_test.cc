// What an exploring agent tries, what the plan makes of it, and what a learner concludes from
// experiments within an episode.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent_ref/evidence_filter.h"
#include "agent_ref/exploration_plan.h"
#include "agent_ref/learner.h"
#include "agent_ref/reference_agent.h"
#include "harness/core/error.h"
#include "harness/core/random.h"
#include "tests/agent_ref/building.h"

namespace kedge::agent_ref {
namespace {

using strategy::Strategy;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

// As operations/learning.yaml of a suite has it.
Strategy Learning(const Strategy& parent) {
  return With(parent, {{"set_param", "planner/parameters/explore_on_error", 1},
                       {"set_param", "planner/parameters/explore_tries", 14},
                       {"set_param", "planner/parameters/explore_retries", 2},
                       {"set_param", "planner/parameters/explore_reading", 1}});
}

std::vector<std::string> CallsOf(const trace::Trace& trace) {
  std::vector<std::string> calls;
  for (const trace::Step& step : trace.steps) {
    if (step.kind == trace::StepKind::kToolCall) calls.push_back(step.call.name);
  }
  return calls;
}

BuildingRun RunOne(const Strategy& strategy, const std::string& family, std::uint64_t seed) {
  return RunBuilding(*ReferenceAgentFactory().Make(strategy), family, seed, {});
}

TEST(Exploration, TriesAgainBeforeItTriesHelpers) {
  const BuildingRun run = RunOne(Learning(BuildingStrategy()), "open.kitchen", 1);
  const std::vector<std::string> calls = CallsOf(run.trace);
  const auto first = std::find(calls.begin(), calls.end(), "open_door");
  ASSERT_GE(calls.end() - first, 4);
  EXPECT_EQ(std::vector<std::string>(first, first + 3), std::vector<std::string>(3, "open_door"));
  EXPECT_TRUE(run.success) << "the right helper is found in the end";
}

TEST(Exploration, AsksAgainUntilAnAnswerChanges) {
  const BuildingRun run = RunOne(Learning(BuildingStrategy()), "meter.kitchen", 1);
  const std::vector<std::string> calls = CallsOf(run.trace);
  EXPECT_THAT(calls, Contains("wake_meter"));
  EXPECT_EQ(calls.back(), "read_meter");
  EXPECT_TRUE(run.success) << "the newest answer is told";
}

TEST(Exploration, FollowsTheOrderThatTheStrategyNames) {
  Json order = {{{"tool", "open_door"}, {"error", "badge_unseen"}, {"first", {"show_badge"}}}};
  const Strategy strategy =
      With(Learning(BuildingStrategy()), {{"set_param", "planner/exploration", order}});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::vector<std::string> calls = CallsOf(RunOne(strategy, "open.kitchen", seed).trace);
    const auto door = std::find(calls.rbegin(), calls.rend(), "open_door");
    EXPECT_EQ(*std::next(door), "show_badge");
    EXPECT_EQ(std::count(calls.begin(), calls.end(), "open_door"), 4);
  }
}

TEST(Exploration, AnUnknownWordInTheOrderIsAnError) {
  const Strategy strategy = With(
      BuildingStrategy(), {{"set_param", "planner/exploration", {{{"tool", "t"}, {"frist", 1}}}}});
  EXPECT_THROW(ReferenceAgentFactory().Make(strategy), Error);
}

CallView Call(const std::string& tool, const std::string& error = "",
              const std::string& result = "") {
  return {tool, Json::object(), error.empty(), error, 0, false, result};
}

EpisodeView View(const std::string& id, const std::string& family, std::vector<CallView> calls,
                 std::optional<bool> success = true) {
  EpisodeView view;
  view.id = id;
  view.family = family;
  view.principal = id;
  view.success = success;
  view.calls = std::move(calls);
  view.chosen_tools = {"t"};
  for (std::size_t i = 0; i < view.calls.size(); ++i) view.calls[i].step = static_cast<int>(i);
  return view;
}

TEST(ChangeTrials, CompareAnswersToTheSameQuestion) {
  const EpisodeView view = View("e", "f",
                                {Call("t", "", "1"), Call("t", "", "1"), Call("u"),
                                 Call("t", "unavailable"), Call("t", "", "2")});
  const auto trials = ChangeTrials({&view});
  ASSERT_EQ(trials.size(), 2u);
  EXPECT_FALSE(trials[0].good);
  EXPECT_THAT(trials[0].helpers, IsEmpty());
  EXPECT_TRUE(trials[1].good);
  EXPECT_THAT(trials[1].helpers, ElementsAre("u"));
}

// A better answer and a worse one change what the tool says equally; only outcomes tell them apart.
TEST(ChangePays, NeedsOutcomesThatTheOldAnswerCannotExplain) {
  const Hypothesis change{Link::kChanges, "t", "", "u"};
  const auto p_for = [&](int good, int bad, int unlabelled) {
    std::vector<EpisodeView> views;
    for (int i = 0; i < good + bad + unlabelled; ++i) {
      views.push_back(View(std::to_string(i), "f",
                           {Call("t", "", "1"), Call("u"), Call("t", "", "2")}, i < good));
      if (i >= good + bad) views.back().success.reset();
    }
    std::vector<const EpisodeView*> pointers;
    for (const EpisodeView& view : views) pointers.push_back(&view);
    return ChangePaysP(change, ChangeTrials(pointers));
  };
  EXPECT_NEAR(p_for(4, 0, 0), 1.0 / 16, 1e-12);
  EXPECT_NEAR(p_for(5, 1, 0), 7.0 / 64, 1e-12);
  EXPECT_DOUBLE_EQ(p_for(0, 5, 0), 1);
  EXPECT_DOUBLE_EQ(p_for(0, 0, 5), 1);
  EXPECT_NEAR(p_for(4, 0, 7), 1.0 / 16, 1e-12) << "traces without an outcome do not count";
}

TEST(AdjustDiscrete, LeavesOutWhatCouldNeverBeSignificant) {
  std::vector<Finding> findings(50);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    findings[i].p = findings[i].least_p = 0.5;
  }
  findings[7].p = findings[7].least_p = 0.03;
  const std::vector<double> adjusted = AdjustDiscrete(findings, 0.05);
  EXPECT_NEAR(adjusted[7], 0.03, 1e-12);
  EXPECT_DOUBLE_EQ(adjusted[8], 1);
}

TEST(ExplorationOrders, PutWhatHelpedFirstAndWhatDidNotLast) {
  const EpisodeView view = View(
      "e", "f", {Call("t", "E"), Call("u"), Call("t", "E"), Call("v"), Call("t"), Call("t", "F")});
  const Json orders = ExplorationOrders(RecoveryTrials({&view}));
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_EQ(orders[0], (Json{{"tool", "t"}, {"error", "E"}, {"first", {"v"}}, {"last", {"u"}}}));
}

TEST(FamilyNeeds, AreWhatNoRuleExplains) {
  std::vector<EpisodeView> views;
  for (int i = 0; i < 8; ++i) {
    views.push_back(View(std::to_string(i), i % 2 == 0 ? "f" : "g",
                         {Call("t", "E"), Call("t", "E"), Call("u"), Call("t")}));
    views.push_back(View("quiet" + std::to_string(i), "quiet", {Call("s")}));
    views.back().chosen_tools = {"s"};
  }
  std::vector<const EpisodeView*> pointers;
  for (const EpisodeView& view : views) pointers.push_back(&view);
  const auto trials = RecoveryTrials(pointers);
  const auto before = FamilyNeeds(pointers, trials, {});
  EXPECT_NEAR(before.at("f"), 0.9, 0.1);
  EXPECT_DOUBLE_EQ(before.at("f"), before.at("g")) << "about the same tool";
  EXPECT_DOUBLE_EQ(before.at("quiet"), 0.1);
  const auto after = FamilyNeeds(pointers, trials, {{Link::kRecovery, "t", "E", "u"}});
  EXPECT_DOUBLE_EQ(after.at("f"), 0.1);
}

// Few episodes are enough when each is an experiment and the next one is planned by the last.
TEST(Learner, LearnsFromFewPlannedEpisodes) {
  Learner learner(LearnOptions{});
  Strategy exploring = Learning(BuildingStrategy());
  std::uint64_t seed = 0;
  for (int round = 0; round < 6; ++round) {
    const auto agent = ReferenceAgentFactory().Make(exploring);
    for (const std::string& family : BuildingFamilies()) {
      learner.Add(RunBuilding(*agent, family, ++seed, {}).trace);
    }
    exploring =
        With(Learning(BuildingStrategy()), learner.PlanExploration(BuildingStrategy()).operations);
  }
  const LearnResult result = learner.Finish(BuildingStrategy());
  std::vector<std::string> ids;
  for (const auto& operation : result.operations) ids.push_back(operation.target);
  EXPECT_THAT(ids, ElementsAre("open_door.first.show_badge", "read_meter.first.wake_meter"))
      << result.report.dump(1);
}

TEST(Learner, ARuleNeedsTwoPrincipals) {
  Learner learner(LearnOptions{});
  const auto agent = ReferenceAgentFactory().Make(Learning(BuildingStrategy()));
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const std::string& family : BuildingFamilies()) {
      trace::Trace trace = RunBuilding(*agent, family, seed, {}).trace;
      trace.principal = "only one";
      learner.Add(trace);
    }
  }
  const LearnResult result = learner.Finish(BuildingStrategy());
  EXPECT_THAT(result.operations, IsEmpty());
  EXPECT_EQ(result.report["refused"][0]["why"], "seen with too few principals");
}

TEST(Learner, WithoutTheFilterWhateverHasSupportBecomesARule) {
  const BuildingRules none{false, false, false, false, 0};
  LearnOptions open;
  open.require_significance = false;
  std::vector<trace::Trace> traces;
  const auto agent = ReferenceAgentFactory().Make(
      With(Learning(BuildingStrategy()), {{"set_param", "planner/parameters/explore", 0.5}}));
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    for (const std::string& family : BuildingFamilies()) {
      traces.push_back(RunBuilding(*agent, family, seed, none).trace);
    }
  }
  EXPECT_THAT(Learn(traces, BuildingStrategy(), {}).operations, IsEmpty());
  EXPECT_THAT(Learn(traces, BuildingStrategy(), open).operations, Not(IsEmpty()));
}

// Random traces in which `t` fails with E, `u` follows, and `t` works: whatever else is in them,
// no rule ever says to call `t` before `u`, nor `u` after `t`.
TEST(Learner, AFailureThenCorrectionNeverYieldsTheFailingOrder) {
  Random random(11);
  LearnOptions lax;
  lax.alpha = 0.99;
  lax.outcome_alpha = 0.99;
  lax.min_support = lax.min_families = lax.min_principals = 1;
  lax.min_effect = 0;
  int learned = 0;
  for (int round = 0; round < 300; ++round) {
    lax.require_significance = round % 2 == 0;
    Learner learner(lax);
    for (int i = 0; i < 12; ++i) {
      trace::Trace trace;
      trace.id = std::to_string(i);
      trace.split = "dev";
      trace.key.family = "f" + std::to_string(random.Below(3));
      trace.principal = "p" + std::to_string(random.Below(3));
      const auto call = [&](const std::string& tool, const std::string& error) {
        trace::Step step;
        step.kind = trace::StepKind::kToolCall;
        step.call = {std::to_string(trace.steps.size()), tool, Json::object()};
        trace::Step answer;
        answer.kind = trace::StepKind::kObservation;
        answer.observation = {step.call.id, !error.empty(), error, "x"};
        trace.steps.push_back(step);
        trace.steps.push_back(answer);
      };
      const auto others = [&] {
        for (std::uint64_t n = random.Below(3); n > 0; --n) {
          call("v" + std::to_string(random.Below(2)), random.Bernoulli(0.3) ? "F" : "");
        }
      };
      others();
      for (std::uint64_t n = 1 + random.Below(3); n > 0; --n) call("t", "E");
      others();
      call("u", "");
      call("t", "");
      others();
      trace.outcome.emplace();
      trace.outcome->success = random.Bernoulli(0.7);
      learner.Add(trace);
    }
    const LearnResult result =
        learner.Finish(Strategy::FromLayers("empty", {}, std::map<std::string, Json>{}));
    learned += static_cast<int>(result.operations.size());
    for (const strategy::Guideline& rule : result.candidate.guidelines()) {
      const bool t_before_u =
          rule.when.value("tool", "") == "u" && rule.then.value("call_first", "") == "t";
      const bool u_after_t =
          rule.when.value("tool", "") == "t" && rule.then.value("call_after", "") == "u";
      EXPECT_FALSE(t_before_u || u_after_t) << rule.id;
    }
  }
  EXPECT_GT(learned, 300) << "the traces teach nothing, so this test says nothing";
}

}  // namespace
}  // namespace kedge::agent_ref
