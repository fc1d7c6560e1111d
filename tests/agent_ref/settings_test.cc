// Values of arguments: rules that give them, exploration that tries them, and what a learner makes
// of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent_ref/exploration_plan.h"
#include "agent_ref/learner.h"
#include "agent_ref/reference_agent.h"
#include "agent_ref/setting.h"
#include "harness/core/random.h"
#include "tests/agent_ref/building.h"

namespace kedge::agent_ref {
namespace {

using strategy::Operation;
using strategy::Strategy;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kLab[] = "I am Ann. Please open the chemistry lab.";

Operation SetRule(const std::string& id, const char* when, const char* then) {
  return {"add", id, {{"text", id}, {"when", ParseJson(when)}, {"then", ParseJson(then)}}};
}

BuildingRules HeavyDoors() {
  BuildingRules rules;
  rules.show_badge = rules.ring_bell = rules.sync_log = rules.wake_meter = false;
  rules.heavy_doors = true;
  return rules;
}

// The modes in which open_door was called.
std::vector<std::string> Modes(const std::vector<trace::Step>& steps) {
  std::vector<std::string> modes;
  for (const trace::Step& step : steps) {
    if (step.kind == trace::StepKind::kToolCall && step.call.name == "open_door") {
      modes.push_back(step.call.arguments["mode"]);
    }
  }
  return modes;
}

Strategy TryingValues(const Strategy& parent) {
  return With(parent, {{"set_param", "planner/parameters/explore_on_error", 1},
                       {"set_param", "planner/parameters/explore_tries", 14},
                       {"set_param", "planner/parameters/explore_retries", 1},
                       {"set_param", "planner/parameters/explore_values", 1}});
}

TEST(Settings, ARuleGivesAnArgumentItsValue) {
  Building building(HeavyDoors(), 1);
  Say(With(BuildingStrategy(),
           {SetRule("hold", R"({"tool": "open_door"})", R"({"set": {"mode": "hold_open"}})")}),
      building, kLab);
  EXPECT_THAT(Modes(building.steps), ElementsAre("hold_open"));
  ASSERT_FALSE(building.questions.empty());
  EXPECT_THAT(building.questions.back(), ::testing::HasSubstr("hold_open"))
      << "the user agrees to what is sent";
  const auto decisions = building.Decisions("argument_source");
  EXPECT_TRUE(std::any_of(decisions.begin(), decisions.end(), [](const trace::Decision& decision) {
    return decision.chosen == "set mode to hold_open" &&
           decision.fired_rules == std::vector<std::string>{"hold"};
  }));
}

TEST(Settings, ARuleGivesAValueAfterTheErrorOnly) {
  Building building(HeavyDoors(), 1);
  Say(With(BuildingStrategy(), {SetRule("hold", R"({"tool": "open_door", "error": "too_heavy"})",
                                        R"({"set": {"mode": "hold_open"}})")}),
      building, kLab);
  EXPECT_THAT(Modes(building.steps), ElementsAre("once", "hold_open"));
  EXPECT_THAT(building.opened, ElementsAre("D2"));
  ASSERT_EQ(building.Decisions("retry").size(), 1u);
  EXPECT_EQ(building.Decisions("retry")[0].chosen, "set mode to hold_open");
  EXPECT_THAT(building.Decisions("retry")[0].fired_rules, ElementsAre("hold"));
}

TEST(Settings, AValueThatDoesNotHelpIsTakenBack) {
  BuildingRules rules = HeavyDoors();
  rules.show_badge = true;
  rules.heavy_doors = false;
  Building building(rules, 1);
  Say(With(BuildingStrategy(),
           {SetRule("hold", R"({"tool": "open_door", "error": "badge_unseen"})",
                    R"({"set": {"mode": "hold_open"}})"),
            SetRule("badge", R"({"tool": "open_door", "error": "badge_unseen"})",
                    R"({"recover": "show_badge"})")}),
      building, kLab);
  EXPECT_THAT(Modes(building.steps), ElementsAre("once", "hold_open", "once"));
  EXPECT_THAT(building.opened, ElementsAre("D2"));
}

TEST(Settings, AValueThatHelpedStaysWhileAnotherErrorIsDealtWith) {
  BuildingRules rules = HeavyDoors();
  rules.ring_bell = true;
  Building building(rules, 1);
  Say(With(BuildingStrategy(), {SetRule("bell", R"({"tool": "open_door", "error": "occupied"})",
                                        R"({"recover": "ring_bell"})"),
                                SetRule("heavy", R"({"tool": "open_door", "error": "too_heavy"})",
                                        R"({"set": {"mode": "hold_open"}})")}),
      building, "I am Ann. Please open the vault.");
  EXPECT_THAT(Modes(building.steps), ElementsAre("once", "hold_open", "hold_open"));
  EXPECT_THAT(building.opened, ElementsAre("D3"));
}

TEST(Settings, AValueThatTheSchemaDoesNotListIsNotSent) {
  Building building(HeavyDoors(), 1);
  Say(With(BuildingStrategy(),
           {SetRule("odd", R"({"tool": "open_door"})", R"({"set": {"mode": "ajar"}})"),
            SetRule("other", R"({"tool": "open_door"})", R"({"set": {"speed": "slow"}})")}),
      building, kLab);
  EXPECT_THAT(Modes(building.steps), ElementsAre("once"));
}

TEST(Settings, ExplorationTriesListedValuesInTheOrderThatTheStrategyNames) {
  const Json order = {
      {{"tool", "open_door"}, {"error", "too_heavy"}, {"first", {"mode=hold_open"}}}};
  const Strategy strategy =
      With(TryingValues(BuildingStrategy()), {{"set_param", "planner/exploration", order}});
  Building building(HeavyDoors(), 3);
  Say(strategy, building, kLab);
  EXPECT_THAT(Modes(building.steps), ElementsAre("once", "once", "hold_open"));
  const auto decisions = building.Decisions("explore");
  ASSERT_EQ(decisions.size(), 2u);
  EXPECT_EQ(ArgumentSet(decisions[1].chosen), "mode");
}

TEST(Settings, NoValueIsTriedUnlessTheStrategyAsksForIt) {
  const Strategy strategy = With(TryingValues(BuildingStrategy()),
                                 {{"set_param", "planner/parameters/explore_values", nullptr}});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Building building(HeavyDoors(), seed);
    Say(strategy, building, kLab, seed);
    EXPECT_THAT(Modes(building.steps), Each("once"));
  }
}

TEST(Settings, WhatIsLaidDownIsNeverVaried) {
  const Strategy laid_down =
      With(TryingValues(BuildingStrategy()),
           {{"set_param", "tool_policy/argument_sources", {{"open_door", {{"mode", "once"}}}}}});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Building building(HeavyDoors(), seed);
    Say(laid_down, building, kLab, seed);
    EXPECT_THAT(Modes(building.steps), Each("once"));
  }
}

TEST(Settings, WhatTheUserSaidIsNeverVaried) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Building building(HeavyDoors(), seed);
    Say(TryingValues(BuildingStrategy()), building,
        "I am Ann. Please open the chemistry lab, once.", seed);
    EXPECT_THAT(Modes(building.steps), Each("once"));
  }
}

CallView Try(const char* mode, const char* error, const char* varied = "") {
  CallView call{"t", {{"mode", mode}}, std::string(error).empty(), error};
  call.varied = varied;
  return call;
}

TEST(SettingTrials, PairATryWithAnotherValueAndTheOneAfterIt) {
  EpisodeView view;
  view.id = "e";
  view.calls = {Try("a", "E"),
                Try("b", "E", "mode"),
                {"u", Json::object(), true, ""},
                Try("a", "E"),
                Try("c", "", "mode")};
  for (std::size_t i = 0; i < view.calls.size(); ++i) view.calls[i].step = static_cast<int>(i);
  const auto trials = RecoveryTrials({&view});
  ASSERT_EQ(trials.size(), 3u);
  EXPECT_THAT(trials[0].settings,
              ElementsAre(std::pair<const std::string, std::string>("mode", "\"b\"")));
  EXPECT_FALSE(trials[0].good);
  EXPECT_THAT(trials[1].settings, IsEmpty());
  EXPECT_THAT(trials[1].helpers, ElementsAre("u"));
  EXPECT_FALSE(trials[1].good);
  EXPECT_THAT(trials[2].settings,
              ElementsAre(std::pair<const std::string, std::string>("mode", "\"c\"")));
  EXPECT_TRUE(trials[2].good);
  EXPECT_EQ(trials[2].closest, "mode=c");
  EXPECT_EQ(
      ExplorationOrders(trials)[0],
      (Json{{"tool", "t"}, {"error", "E"}, {"first", {"mode=c"}}, {"last", {"mode=b", "u"}}}));
}

// Another request of the same kind is not a try with another value.
TEST(SettingTrials, ACallWithAnotherValueThatNobodyVariedIsAnotherCall) {
  EpisodeView view;
  view.id = "e";
  view.calls = {Try("a", "E"), Try("b", "")};
  EXPECT_THAT(RecoveryTrials({&view}), IsEmpty());
}

std::vector<trace::Trace> TracesOf(const BuildingRules& rules, std::uint64_t first, int count) {
  const auto agent = ReferenceAgentFactory().Make(TryingValues(BuildingStrategy()));
  std::vector<trace::Trace> traces;
  for (const std::string& family : BuildingFamilies()) {
    for (int i = 0; i < count; ++i) {
      traces.push_back(
          RunBuilding(*agent, family, first + static_cast<std::uint64_t>(i), rules).trace);
    }
  }
  return traces;
}

TEST(Learner, LearnsTheValueThatMakesAnErrorGoAway) {
  BuildingRules rules = HeavyDoors();
  rules.show_badge = true;
  const LearnResult result = Learn(TracesOf(rules, 100, 15), BuildingStrategy(), {});
  const strategy::Guideline* learned = nullptr;
  for (const auto& guideline : result.candidate.guidelines()) {
    if (!guideline.then.value("set", Json()).is_null()) learned = &guideline;
  }
  ASSERT_NE(learned, nullptr) << result.report.dump(1);
  EXPECT_EQ(learned->then, (Json{{"set", {{"mode", "hold_open"}}}}));
  EXPECT_EQ(learned->when, (Json{{"tool", "open_door"}, {"error", "too_heavy"}}))
      << "the kitchen's door needs none";
  EXPECT_GE(learned->sources.size(), 3u);
  const auto agent = ReferenceAgentFactory().Make(result.candidate);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    ASSERT_TRUE(RunBuilding(*agent, "open.vault", seed, rules).success) << result.report.dump(1);
  }
  EXPECT_THAT(Learn(TracesOf(rules, 100, 15), result.candidate, {}).operations, IsEmpty())
      << "the parent has the rule";
}

// Errors that come and go by chance, whatever is tried.
TEST(Learner, LearnsNoValueWhereNoneMatters) {
  int learned = 0;
  for (std::uint64_t run = 0; run < 200; ++run) {
    Random random(run);
    Learner learner(LearnOptions{});
    for (int i = 0; i < 60; ++i) {
      trace::Trace trace;
      trace.id = std::to_string(i);
      trace.split = "dev";
      trace.key.family = "f" + std::to_string(i % 4);
      trace.principal = "p" + std::to_string(i % 3);
      const auto add = [&](const std::string& mode, bool varied, bool good) {
        if (varied) {
          trace::Step decision;
          decision.kind = trace::StepKind::kDecision;
          decision.decision = {"explore", {}, SettingChoice("mode", mode), {}, ""};
          trace.steps.push_back(decision);
        }
        trace::Step step;
        step.kind = trace::StepKind::kToolCall;
        step.call = {std::to_string(trace.steps.size()), "t", {{"mode", mode}}};
        trace::Step answer;
        answer.kind = trace::StepKind::kObservation;
        answer.observation = {step.call.id, !good, good ? "" : "E", "x"};
        trace.steps.push_back(step);
        trace.steps.push_back(answer);
      };
      add("a", false, false);
      for (const char* mode : {"a", "b", "c", "a"}) {
        const bool good = random.Bernoulli(0.3);
        add(mode, mode != std::string("a"), good);
        if (good) break;
      }
      learner.Add(trace);
    }
    const auto result =
        learner.Finish(Strategy::FromLayers("empty", {}, std::map<std::string, Json>{}));
    for (const Operation& operation : result.operations) {
      learned += operation.value["then"].contains("set") ? 1 : 0;
    }
  }
  EXPECT_LE(learned, 17) << "of 200 at 5 %: more than 17 has a chance of 1.7 %";
}

}  // namespace
}  // namespace kedge::agent_ref
