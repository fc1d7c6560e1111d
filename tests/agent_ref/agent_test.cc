#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent_ref/reference_agent.h"
#include "tests/agent_ref/building.h"

namespace kedge::agent_ref {
namespace {

using strategy::Operation;
using strategy::Strategy;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const BuildingRules kNoRules{false, false, false, false, 0};

Operation Rule(const std::string& id, const std::string& when, const std::string& then,
               const std::string& unless = "{}") {
  return {"add",
          id,
          {{"text", id},
           {"when", ParseJson(when)},
           {"then", ParseJson(then)},
           {"unless", ParseJson(unless)}}};
}

Operation Parameter(const std::string& name, Json value) {
  return {"set_param", "planner/parameters/" + name, std::move(value)};
}

TEST(ReferenceAgent, ChainsToolsForWhatItNeedsToKnow) {
  Building building(kNoRules, 1);
  const auto end = Say(BuildingStrategy(), building, "I am Ann. Please open the chemistry lab.");
  EXPECT_THAT(building.called, ElementsAre("get_badge", "list_doors", "open_door"));
  EXPECT_THAT(building.opened, ElementsAre("D2"));
  EXPECT_EQ(end.final_text, "Door D2 is open. It closes at 18:30.");
  EXPECT_EQ(end.end, "answered");
  EXPECT_GT(end.input_tokens, 0);
  EXPECT_GT(end.output_tokens, 0);
}

TEST(ReferenceAgent, UsesWhatTheUserSaidBeforeLookingItUp) {
  Building building(kNoRules, 1);
  Say(BuildingStrategy(), building, "My badge is B0001, please open the kitchen.");
  EXPECT_THAT(building.called, ElementsAre("list_doors", "open_door"));
  EXPECT_EQ(building.questions.size(), 1u) << "only the confirmation";
}

TEST(ReferenceAgent, AsksTheUserForWhatNobodyElseKnows) {
  Building building(kNoRules, 1);
  Say(BuildingStrategy(), building, "Please open the kitchen.");
  EXPECT_THAT(building.called, ElementsAre("list_doors", "open_door"));
  EXPECT_THAT(building.questions[0], HasSubstr("badge"));
  EXPECT_THAT(building.opened, ElementsAre("D1"));
}

TEST(ReferenceAgent, AsksAgainWhenTheAnswerIsUnclear) {
  Building building(kNoRules, 1);
  building.silent_replies = 1;
  Say(BuildingStrategy(), building, "Please open the kitchen.");
  EXPECT_EQ(building.questions[0], building.questions[1]);
  EXPECT_THAT(building.opened, ElementsAre("D1"));
}

TEST(ReferenceAgent, FindsAnotherWayWhenTheUserDoesNotKnow) {
  Building building(kNoRules, 1);
  building.facts.erase("badge");
  Say(BuildingStrategy(), building, "Please open the kitchen.");
  // The name leads to the badge after all.
  EXPECT_THAT(building.called, ElementsAre("get_badge", "list_doors", "open_door"));
  building.facts.clear();
}

TEST(ReferenceAgent, SaysWhatIsMissing) {
  Building building(kNoRules, 1);
  building.facts.clear();
  const auto end = Say(BuildingStrategy(), building, "Please open the kitchen.");
  EXPECT_THAT(building.called, IsEmpty());
  EXPECT_THAT(end.final_text, HasSubstr("without the"));
  EXPECT_FALSE(building.Decisions("stop").empty());
}

TEST(ReferenceAgent, RequestsThatItDoesNotKnowGetTheFallback) {
  Building building(kNoRules, 1);
  const Strategy strategy =
      With(BuildingStrategy(), {{"set_param", "planner/texts/fallback", "Please call 1234."}});
  EXPECT_EQ(Say(strategy, building, "Sing a song.").final_text, "Please call 1234.");
  EXPECT_THAT(building.called, IsEmpty());
}

TEST(ReferenceAgent, TwoRequestsAreTwoGoalsInTheOrderOfTheWords) {
  Building building(kNoRules, 1);
  const auto end = Say(BuildingStrategy(), building,
                       "I am Ann. Please close the kitchen and then open the chemistry lab.");
  EXPECT_THAT(building.closed, ElementsAre("D1"));
  EXPECT_THAT(building.opened, ElementsAre("D2"));
  EXPECT_EQ(end.final_text, "Door D1 is closed. Door D2 is open. It closes at 18:30.");
}

TEST(ReferenceAgent, EnumsComeFromTheUsersWords) {
  Building building(kNoRules, 1);
  Say(BuildingStrategy(), building, "I am Ann. Please open the kitchen and hold open the door.");
  const auto call = std::find_if(building.steps.begin(), building.steps.end(),
                                 [](const auto& s) { return s.call.name == "open_door"; });
  ASSERT_NE(call, building.steps.end());
  EXPECT_EQ(call->call.arguments["mode"], "hold_open");
}

TEST(ReferenceAgent, RetriesByErrorClass) {
  BuildingRules flaky = kNoRules;
  flaky.transient = 0.4;
  int with_retry = 0;
  int without = 0;
  const Strategy no_retry =
      With(BuildingStrategy(), {{"set_param", "tool_policy/retry/unavailable", 0}});
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Building a(flaky, seed);
    Say(BuildingStrategy(), a, "I am Ann. Please open the kitchen.", seed);
    with_retry += a.opened.empty() ? 0 : 1;
    Building b(flaky, seed);
    Say(no_retry, b, "I am Ann. Please open the kitchen.", seed);
    without += b.opened.empty() ? 0 : 1;
  }
  // Three calls must work: 0.6^3 = 22 % without retries (the badge can be asked for), > 90 % with.
  EXPECT_GT(with_retry, 85);
  EXPECT_LT(without, 50);
}

TEST(ReferenceAgent, PreconditionsRefuse) {
  const Strategy strategy =
      With(BuildingStrategy(), {{"set_param", "tool_policy/preconditions", ParseJson(R"([
          {"tool": "open_door", "require": {"type": "door_state", "not": "locked"},
           "refuse": "The {room_name} stays locked."}])")}});
  Building building(kNoRules, 1);
  EXPECT_EQ(Say(strategy, building, "I am Ann. Please open the vault.").final_text,
            "The vault stays locked.");
  EXPECT_THAT(building.opened, IsEmpty());
  Building other(kNoRules, 1);
  Say(strategy, other, "I am Ann. Please open the kitchen.");
  EXPECT_THAT(other.opened, ElementsAre("D1")) << "looks at the right door's state";
}

TEST(ReferenceAgent, DoesNothingThatTheUserDidNotAgreeTo) {
  Building building(kNoRules, 1);
  building.confirms = false;
  const auto end = Say(BuildingStrategy(), building, "I am Ann. Please open the kitchen.");
  EXPECT_THAT(building.opened, IsEmpty());
  EXPECT_THAT(end.final_text, HasSubstr("changed nothing"));
}

TEST(ReferenceAgent, LimitsItsCalls) {
  Building building(kNoRules, 1);
  Say(With(BuildingStrategy(), {Parameter("max_calls", 2)}), building,
      "I am Ann. Please open the kitchen.");
  EXPECT_EQ(building.called.size(), 2u);
  Building rated(kNoRules, 1);
  Say(With(BuildingStrategy(), {{"set_param", "tool_policy/rate/close_door", 1}}), rated,
      "I am Ann. Close the kitchen.");
  EXPECT_EQ(rated.closed.size(), 1u);
}

TEST(Rules, CallFirstAndAfterAreFollowedAndLogged) {
  const Strategy strategy =
      With(BuildingStrategy(),
           {Rule("badge", R"({"tool": "open_door"})", R"({"call_first": "show_badge"})"),
            Rule("log", R"({"tool": "close_door"})", R"({"call_after": "sync_log"})")});
  Building building({}, 1);
  Say(strategy, building, "I am Ann. Please open the kitchen and close the chemistry lab.");
  EXPECT_THAT(building.called, ElementsAre("get_badge", "list_doors", "show_badge", "open_door",
                                           "close_door", "sync_log"));
  const auto decisions = building.Decisions("order");
  ASSERT_EQ(decisions.size(), 2u);
  EXPECT_THAT(decisions[0].fired_rules, ElementsAre("badge"));
  EXPECT_EQ(decisions[0].chosen, "call show_badge first");
  EXPECT_THAT(decisions[1].fired_rules, ElementsAre("log"));
}

// Removing a rule changes the action that it caused and no other.
TEST(Rules, LeaveOneOut) {
  const std::vector<Operation> rules = {
      Rule("badge", R"({"tool": "open_door"})", R"({"call_first": "show_badge"})"),
      Rule("log", R"({"tool": "close_door"})", R"({"call_after": "sync_log"})"),
      Rule("wake", R"({"tool": "read_meter"})", R"({"call_first": "wake_meter"})")};
  const std::string words =
      "I am Ann. Open the kitchen, close the chemistry lab. "
      "What does the meter in the kitchen say?";
  const auto calls = [&](const std::vector<Operation>& operations) {
    Building building({}, 1);
    Say(With(BuildingStrategy(), operations), building, words);
    return building.called;
  };
  const auto all = calls(rules);
  const std::string helpers[] = {"show_badge", "sync_log", "wake_meter"};
  for (std::size_t i = 0; i < rules.size(); ++i) {
    auto fewer = rules;
    fewer.erase(fewer.begin() + static_cast<int>(i));
    auto expected = all;
    std::erase(expected, helpers[i]);
    EXPECT_EQ(calls(fewer), expected) << rules[i].target;
  }
}

TEST(Rules, IndependentRulesMayStandInAnyOrder) {
  std::vector<Operation> rules = {
      Rule("a", R"({"tool": "open_door"})", R"({"call_first": "show_badge"})"),
      Rule("b", R"({"tool": "close_door"})", R"({"call_after": "sync_log"})"),
      Rule("c", R"({"tool": "open_door", "error": "occupied"})", R"({"recover": "ring_bell"})"),
      Rule("d", R"({"tool": "read_meter"})", R"({"call_first": "wake_meter"})")};
  BuildingRules flaky;
  flaky.transient = 0.1;
  const std::vector<Operation> noise = {{"set_param", "model/temperature", 2},
                                        Parameter("explore", 0.5),
                                        Parameter("explore_on_error", 0.5)};
  const Strategy base = With(With(BuildingStrategy(), noise), rules);
  const Strategy reordered =
      With(base, {{"reorder", "guidelines", Json::array({"d", "b", "c", "a"})}});
  ASSERT_NE(base.hash(), reordered.hash());
  const auto a = ReferenceAgentFactory().Make(base);
  const auto b = ReferenceAgentFactory().Make(reordered);
  for (const std::string& family : BuildingFamilies()) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const BuildingRun x = RunBuilding(*a, family, seed, flaky);
      const BuildingRun y = RunBuilding(*b, family, seed, flaky);
      EXPECT_EQ(x.end.final_text, y.end.final_text);
      ASSERT_EQ(x.trace.steps.size(), y.trace.steps.size()) << family << " " << seed;
    }
  }
}

TEST(Rules, RecoverAfterAnError) {
  const Strategy strategy =
      With(BuildingStrategy(),
           {Rule("badge", R"({"tool": "open_door", "error": "badge_unseen"})",
                 R"({"recover": "show_badge"})"),
            Rule("bell", R"({"error": "occupied"})", R"({"recover": "ring_bell"})")});
  Building building({}, 1);
  Say(strategy, building, "I am Ann. Please open the vault.");
  EXPECT_THAT(building.called, ElementsAre("get_badge", "list_doors", "open_door", "show_badge",
                                           "open_door", "ring_bell", "open_door"));
  EXPECT_THAT(building.opened, ElementsAre("D3"));
  const auto decisions = building.Decisions("retry");
  ASSERT_EQ(decisions.size(), 2u);
  EXPECT_THAT(decisions[0].fired_rules, ElementsAre("badge"));
  EXPECT_THAT(decisions[1].fired_rules, ElementsAre("bell"));
}

TEST(Rules, OnErrorRetryAndStop) {
  const std::string words = "I am Ann. Please open the kitchen.";
  Building retried({}, 1);
  Say(With(BuildingStrategy(),
           {Rule("r", R"({"error": "badge_unseen"})", R"({"on_error": "retry"})")}),
      retried, words);
  EXPECT_EQ(std::count(retried.called.begin(), retried.called.end(), "open_door"), 4);
  Building stopped({}, 1);
  const auto end =
      Say(With(BuildingStrategy(),
               {Rule("s", R"({"error": "badge_unseen"})", R"({"stop": "Ask the porter."})")}),
          stopped, words);
  EXPECT_EQ(end.final_text, "Ask the porter.");
}

TEST(Rules, PreferDecidesWhereAnArgumentComesFrom) {
  const std::string words = "I am Ann. Please open the kitchen.";
  const auto first_question = [&](const char* source) {
    Building building(kNoRules, 1);
    Say(With(BuildingStrategy(), {Rule("p", R"({"argument": "badge_id"})",
                                       std::string(R"({"prefer": ")") + source + "\"}")}),
        building, words);
    return building.questions[0] + " after " + building.called[0];
  };
  EXPECT_THAT(first_question("ask"), HasSubstr("badge? after list_doors"));
  EXPECT_THAT(first_question("tool:get_badge"), HasSubstr("go ahead"));
}

TEST(Rules, ConfirmStopUnlessAndScope) {
  const std::string words = "I am Ann. Please open the kitchen.";
  const auto called = [&](const std::vector<Operation>& rules) {
    Building building(kNoRules, 1);
    Say(With(BuildingStrategy(), rules), building, words);
    return std::make_pair(building.called.back(), building.questions.size());
  };
  EXPECT_EQ(called({Rule("c", "{}", R"({"confirm": false})")}).second, 0u);
  EXPECT_EQ(called({Rule("s", R"({"effect": "write"})", R"({"stop": "No."})")}).first,
            "list_doors");
  EXPECT_EQ(called({Rule("u", R"({"tool": "open_door"})", R"({"call_first": "sync_log"})",
                         R"({"known": "badge_id"})")})
                .first,
            "open_door");
  Building building(kNoRules, 1);
  Operation scoped = Rule("x", R"({"effect": "write"})", R"({"call_first": "sync_log"})");
  scoped.value["scope"] = {"close"};
  Say(With(BuildingStrategy(), {scoped}), building, words);
  EXPECT_EQ(std::count(building.called.begin(), building.called.end(), "sync_log"), 0);
}

TEST(Rules, RetrievalBoundsHowManySpeak) {
  const std::vector<Operation> rules = {
      Rule("a", R"({"tool": "open_door"})", R"({"call_first": "sync_log"})"),
      Rule("b", R"({"tool": "open_door"})", R"({"call_first": "water_plants"})")};
  Building building(kNoRules, 1);
  Say(With(With(BuildingStrategy(), rules), {{"set_param", "retrieval/k", 1}}), building,
      "I am Ann. Please open the kitchen.");
  EXPECT_THAT(building.called, ElementsAre("get_badge", "list_doors", "sync_log", "open_door"));
}

TEST(Rules, QuarantinedAndRetiredOnesAreNeverApplied) {
  Operation quarantined = Rule("q", R"({"tool": "open_door"})", R"({"call_first": "sync_log"})");
  quarantined.value["status"] = "quarantined";
  const Strategy strategy =
      With(BuildingStrategy(),
           {quarantined,
            Rule("r", R"({"tool": "open_door"})", R"({"call_first": "water_plants"})"),
            {"retire", "r", "of no use"}});
  Building building(kNoRules, 1);
  Say(strategy, building, "I am Ann. Please open the kitchen.");
  EXPECT_THAT(building.called, ElementsAre("get_badge", "list_doors", "open_door"));
}

TEST(Exploration, FindsRecoveriesThatTracesShow) {
  const Strategy strategy = With(BuildingStrategy(), {Parameter("explore_on_error", 1)});
  int opened = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Building building({}, seed);
    Say(strategy, building, "I am Ann. Please open the kitchen.", seed);
    opened += building.opened.empty() ? 0 : 1;
    EXPECT_EQ(std::count(building.called.begin(), building.called.end(), "close_door"), 0)
        << "another goal's writing tool is not a helper";
  }
  EXPECT_GT(opened, 30);
  EXPECT_LT(opened, 170);
}

TEST(Exploration, NeverGoesRoundAGuard) {
  class Guarded : public Building {
   public:
    using Building::Building;
    world::ToolResult CallTool(const std::string& name, const Json& arguments) override {
      if (name != "open_door") return Building::CallTool(name, arguments);
      called.push_back(name);
      return world::ToolResult::Failure("denied", "Not allowed.");
    }
  };
  Guarded building({}, 1);
  Say(With(BuildingStrategy(), {Parameter("explore_on_error", 1)}), building,
      "I am Ann. Please open the kitchen.");
  EXPECT_THAT(building.called, ElementsAre("get_badge", "list_doors", "open_door"));
}

TEST(Slips, GrowWithTemperatureAndFollowTheSeed) {
  const auto successes = [](double temperature) {
    const auto agent = ReferenceAgentFactory().Make(
        With(BuildingStrategy(), {{"set_param", "model/temperature", temperature}}));
    int good = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      good += RunBuilding(*agent, "meter.kitchen", seed, kNoRules).success ? 1 : 0;
    }
    return good;
  };
  EXPECT_EQ(successes(0), 300);
  const int at_one = successes(1);
  EXPECT_LT(at_one, 295);
  EXPECT_LT(successes(2), at_one);
  EXPECT_EQ(successes(1), at_one) << "a pure function of the seeds";
}

// A change elsewhere must not shift the draws: with and without a rule about another tool, the
// same episodes slip.
TEST(Slips, DoNotShiftWhenSomethingElseChanges) {
  const Strategy noisy =
      With(BuildingStrategy(), {{"set_param", "model/temperature", 2}, Parameter("explore", 0.3)});
  const Strategy changed =
      With(noisy, {Rule("x", R"({"tool": "close_door"})", R"({"call_after": "sync_log"})")});
  const auto a = ReferenceAgentFactory().Make(noisy);
  const auto b = ReferenceAgentFactory().Make(changed);
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const BuildingRun x = RunBuilding(*a, "open.kitchen", seed, kNoRules);
    const BuildingRun y = RunBuilding(*b, "open.kitchen", seed, kNoRules);
    EXPECT_EQ(x.end.final_text, y.end.final_text);
    EXPECT_EQ(x.trace.steps.size(), y.trace.steps.size());
  }
}

TEST(ReferenceAgent, PricesItsTokens) {
  Building building(kNoRules, 1);
  const auto end = Say(
      With(BuildingStrategy(), {{"set_param", "model/price", {{"input", 2.0}, {"output", 10.0}}}}),
      building, "I am Ann. Please open the kitchen.");
  EXPECT_TRUE(end.has_cost);
  EXPECT_DOUBLE_EQ(end.cost, (2.0 * static_cast<double>(end.input_tokens) +
                              10.0 * static_cast<double>(end.output_tokens)) /
                                 1e6);
}

TEST(ReferenceAgent, LetsTheEndOfAnEpisodePass) {
  class Ending : public Building {
   public:
    using Building::Building;
    world::ToolResult CallTool(const std::string&, const Json&) override {
      throw agent::EpisodeEnded{"step_limit", ""};
    }
  };
  Ending building(kNoRules, 1);
  EXPECT_THROW(Say(BuildingStrategy(), building, "I am Ann. Please open the kitchen."),
               agent::EpisodeEnded);
}

}  // namespace
}  // namespace kedge::agent_ref
