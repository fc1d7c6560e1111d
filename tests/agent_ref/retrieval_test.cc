#include "agent_ref/retrieval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "agent_ref/reference_agent.h"
#include "agent_ref/rule_index.h"
#include "harness/core/random.h"
#include "tests/agent_ref/building.h"

namespace kedge::agent_ref {
namespace {

using strategy::Operation;
using strategy::Strategy;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const BuildingRules kPlainBuilding{false, false, false, false, 0};
constexpr char kWords[] = "I am Ann. Please open the kitchen.";

Operation Learned(const std::string& id, const std::string& text, const std::string& when,
                  const std::string& then, std::int64_t support = 1) {
  return {"add",
          id,
          {{"text", text},
           {"when", ParseJson(when)},
           {"then", ParseJson(then)},
           {"support", support},
           {"sources", {{{"trace", "t-" + id}, {"outcome", "success"}}}}}};
}

std::vector<std::string> Called(const Strategy& strategy) {
  Building building(kPlainBuilding, 1);
  Say(strategy, building, kWords);
  return building.called;
}

double NoText(std::size_t) { return 0; }

std::vector<std::string> Retrieved(const trace::Step& step) {
  const auto found = step.extra.find(kRetrievedKey);
  return found == step.extra.end() ? std::vector<std::string>()
                                   : found->get<std::vector<std::string>>();
}

// The first decision at a point.
trace::Step DecisionAt(const Building& building, const std::string& point) {
  for (const trace::Step& step : building.steps) {
    if (step.decision.point == point) return step;
  }
  ADD_FAILURE() << "no decision at " << point;
  return {};
}

TEST(Similarity, IsTheCosineOfTheWords) {
  EXPECT_DOUBLE_EQ(Similarity(WordsIn("Open the DOOR, now!"), WordsIn("the open door now")), 1);
  EXPECT_DOUBLE_EQ(Similarity(WordsIn("a b c d"), WordsIn("d x y z")), 0.25);
  EXPECT_DOUBLE_EQ(Similarity({}, WordsIn("a")), 0);
  EXPECT_EQ(WordsIn(" \t. "), WordSet{});
}

TEST(WithinLimits, RanksSituationThenTextThenSupportThenPlace) {
  RetrievalLimits one;
  one.k = 1;
  const auto best = [&](std::vector<Retrievable> all, std::vector<double> similarity) {
    return WithinLimits(all, one, [&](std::size_t i) { return similarity[i]; })[0];
  };
  EXPECT_EQ(best({{0, false, 1, 9, 1}, {1, false, 1, 0, 2}}, {0.9, 0}), 1U);
  EXPECT_EQ(best({{0, false, 1, 9, 2}, {1, false, 1, 0, 2}}, {0.1, 0.2}), 1U);
  EXPECT_EQ(best({{0, false, 1, 1, 2}, {1, false, 1, 2, 2}}, {0.2, 0.2}), 1U);
  EXPECT_EQ(best({{0, false, 1, 2, 2}, {1, false, 1, 2, 2}}, {0.2, 0.2}), 0U);
  EXPECT_EQ(best({{0, false, 1, 9, 9}, {1, true, 1, 0, 0}}, {1, 0}), 1U) << "always on";
}

// Whatever the guidelines are like: never more than k, never more than the budget.
TEST(WithinLimits, NeverExceedsThem) {
  Random random(7);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Retrievable> all;
    for (std::size_t i = random.Below(30); i > 0; --i) {
      all.push_back({all.size(), false, static_cast<std::int64_t>(random.Below(40)),
                     static_cast<std::int64_t>(random.Below(5)),
                     static_cast<int>(random.Below(3))});
    }
    RetrievalLimits limits;
    limits.k = 1 + static_cast<std::int64_t>(random.Below(10));
    if (random.Bernoulli(0.8)) limits.token_budget = static_cast<std::int64_t>(random.Below(100));
    const auto used = WithinLimits(all, limits, NoText);
    EXPECT_LE(static_cast<std::int64_t>(used.size()), limits.k);
    EXPECT_TRUE(std::is_sorted(used.begin(), used.end()));
    std::int64_t tokens = 0;
    std::int64_t left_out = INT64_MAX;
    for (const Retrievable& each : all) {
      const bool is_used = std::find(used.begin(), used.end(), each.position) != used.end();
      if (is_used) tokens += each.tokens;
      if (!is_used) left_out = std::min(left_out, each.tokens);
    }
    if (!limits.token_budget) continue;
    EXPECT_LE(tokens, *limits.token_budget);
    if (left_out != INT64_MAX && static_cast<std::int64_t>(used.size()) < limits.k) {
      EXPECT_GT(tokens + left_out, *limits.token_budget) << "what fits is used";
    }
  }
}

// The order of the document decides nothing but ties.
TEST(WithinLimits, DoesNotDependOnTheOrder) {
  Random random(11);
  for (int round = 0; round < 200; ++round) {
    std::vector<Retrievable> all;
    std::vector<double> similarity;
    for (std::size_t i = 0; i < 12; ++i) {
      all.push_back({i, false, 1, static_cast<std::int64_t>(i), static_cast<int>(random.Below(3))});
      similarity.push_back(random.Uniform());
    }
    RetrievalLimits limits;
    limits.k = 4;
    const auto text = [&](std::size_t i) { return similarity[i]; };
    const auto used = WithinLimits(all, limits, text);
    random.Shuffle(all);
    EXPECT_EQ(WithinLimits(all, limits, text), used);
  }
}

TEST(Retrieval, WithOnePlaceTheRightRivalSpeaks) {
  const std::vector<Operation> rivals = {
      Learned("general", "Log it.", R"({"argument": "door_id"})", R"({"call_first": "sync_log"})",
              90),
      Learned("other", "Water the plants at the vault.", R"({"tool": "open_door"})",
              R"({"call_first": "water_plants"})", 5),
      Learned("right", "Show the badge to open the kitchen.", R"({"tool": "open_door"})",
              R"({"call_first": "show_badge"})", 5)};
  const Strategy strategy =
      With(With(BuildingStrategy(), rivals), {{"set_param", "retrieval/k", 1}});
  EXPECT_THAT(Called(strategy), ElementsAre("get_badge", "list_doors", "show_badge", "open_door"));
}

TEST(Retrieval, LooksUpOnlyWhatIsInForce) {
  std::vector<Operation> operations = {
      Learned("q", "q", R"({"tool": "open_door"})", R"({"call_first": "sync_log"})", 9),
      Learned("r", "r", R"({"tool": "open_door"})", R"({"call_first": "water_plants"})", 9),
      Learned("few", "few", R"({"tool": "open_door"})", R"({"call_first": "show_badge"})", 2),
      {"retire", "r", "of no use"},
      {"set_param", "retrieval/min_support", 3}};
  operations[0].value["status"] = "quarantined";
  Building building(kPlainBuilding, 1);
  Say(With(BuildingStrategy(), operations), building, kWords);
  EXPECT_THAT(building.called, ElementsAre("get_badge", "list_doors", "open_door"));
  for (const trace::Step& step : building.steps) EXPECT_THAT(Retrieved(step), IsEmpty());
}

TEST(Retrieval, LogsWhatWasRetrievedAndWhatWasFollowed) {
  const Strategy strategy = With(
      BuildingStrategy(),
      {Learned("ask", "Ask.", R"({"tool": "open_door"})", R"({"confirm": true})"),
       Learned("never-ask", "Do not ask.", R"({"effect": "write"})", R"({"confirm": false})")});
  Building building(kPlainBuilding, 1);
  Say(strategy, building, kWords);
  const trace::Step decision = DecisionAt(building, "confirm");
  EXPECT_THAT(Retrieved(decision), ElementsAre("ask", "never-ask"));
  EXPECT_THAT(decision.decision.fired_rules, ElementsAre("ask"));
}

// Only the gate writes `validation`, so the strategy is made from layers here.
Strategy WithProhibition(const Json& validation) {
  auto layers = std::map<std::string, Json>();
  const Strategy base =
      With(BuildingStrategy(),
           {Learned("first", "Show the badge to open the kitchen.", R"({"tool": "open_door"})",
                    R"({"stop": "Use the side door."})", 9),
            Learned("closed", "No.", R"({"effect": "write"})", R"({"stop": "It is closed."})"),
            {"set_param", "retrieval/k", 1}});
  for (const std::string_view layer : strategy::kLayerNames) {
    layers[std::string(layer)] = base.layer(layer);
  }
  Json& closed = layers["guidelines"]["guidelines"].back();
  if (!validation.is_null()) closed["validation"] = validation;
  return Strategy::FromLayers("s", {}, layers);
}

TEST(Retrieval, OnlyAValidatedProhibitionIsAlwaysOn) {
  Building building(kPlainBuilding, 1);
  Say(WithProhibition(nullptr), building, kWords);
  EXPECT_THAT(Retrieved(DecisionAt(building, "stop")), ElementsAre("first"));
  Building validated(kPlainBuilding, 1);
  const auto end = Say(WithProhibition({{"pairs", 200}}), validated, kWords);
  EXPECT_THAT(Retrieved(DecisionAt(validated, "stop")), ElementsAre("closed"));
  EXPECT_EQ(end.final_text, "It is closed.");
}

TEST(Retrieval, ConditionsOnWhatWasCalled) {
  const auto called = [](const std::string& when) {
    return Called(With(BuildingStrategy(), {Learned("x", "x", when, R"({"stop": "No."})")}));
  };
  EXPECT_THAT(called(R"({"tool": "open_door", "called": "list_doors"})"),
              ElementsAre("get_badge", "list_doors"));
  EXPECT_THAT(called(R"({"tool": "open_door", "called": "sync_log"})"), Contains("open_door"));
}

// The index never hides a rule that a scan would have found.
TEST(RuleIndex, FindsWhatAScanFinds) {
  Random random(3);
  const auto name = [&](const char* kind, std::size_t n) {
    return kind + std::to_string(random.Below(n));
  };
  for (int round = 0; round < 50; ++round) {
    std::vector<strategy::Rule> rules;
    RuleIndex index;
    for (std::uint32_t i = 0; i < 60; ++i) {
      strategy::Rule rule;
      rule.action = static_cast<strategy::RuleAction>(random.Below(strategy::kRuleActions));
      for (std::size_t n = random.Below(3); n > 0; --n) rule.tools.push_back(name("tool", 4));
      for (std::size_t n = random.Below(3); n > 0; --n) rule.goals.push_back(name("goal", 3));
      for (std::size_t n = random.Below(2); n > 0; --n) rule.errors.push_back(name("error", 3));
      index.Add(rule, i);
      rules.push_back(std::move(rule));
    }
    const std::string tool = name("tool", 4);
    const std::string goal = name("goal", 3);
    const std::string error = random.Bernoulli(0.5) ? name("error", 3) : "";
    const auto allows = [](const std::vector<std::string>& names, const std::string& one) {
      return names.empty() || std::find(names.begin(), names.end(), one) != names.end();
    };
    for (std::size_t a = 0; a < strategy::kRuleActions; ++a) {
      const auto action = static_cast<strategy::RuleAction>(a);
      std::vector<std::uint32_t> found;
      index.Candidates(action, tool, goal, error, found);
      const std::set<std::uint32_t> distinct(found.begin(), found.end());
      EXPECT_EQ(distinct.size(), found.size()) << "each once";
      for (std::uint32_t i = 0; i < rules.size(); ++i) {
        const strategy::Rule& rule = rules[i];
        const bool speaks = rule.action == action && rule.errors.empty() == error.empty() &&
                            allows(rule.tools, tool) && allows(rule.goals, goal) &&
                            allows(rule.errors, error);
        EXPECT_TRUE(!speaks || distinct.count(i) == 1);
      }
    }
  }
}

}  // namespace
}  // namespace kedge::agent_ref
