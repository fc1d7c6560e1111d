// What rules ask of values, helpers that they keep away, and tools that take another's place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent_ref/seen_rows.h"
#include "tests/agent_ref/building.h"

namespace kedge::agent_ref {
namespace {

using strategy::Operation;
using strategy::Strategy;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOpenLab[] = "I am Ann. Please open the chemistry lab.";
constexpr char kOpenVault[] = "I am Ann. Please open the vault.";

Operation Add(const std::string& id, const char* when, const char* then) {
  return {"add", id, {{"text", id}, {"when", ParseJson(when)}, {"then", ParseJson(then)}}};
}

BuildingRules Easy() {
  BuildingRules rules;
  rules.show_badge = rules.ring_bell = rules.sync_log = rules.wake_meter = false;
  return rules;
}

std::vector<std::string> CalledFor(const Strategy& strategy, const char* words,
                                   const BuildingRules& rules = Easy()) {
  Building building(rules, 1);
  Say(strategy, building, words);
  return building.called;
}

TEST(SeenRows, TheNewestRowAboutTheCallDecides) {
  SeenRows seen;
  seen.Add({{"badge", "B1"}}, ParseJson(R"([{"door": "D1", "state": "shut", "floor": 1},
                                            {"door": "D2", "state": "open", "parts": [1]}])"));
  seen.Add({{"door", "D1"}}, ParseJson(R"({"state": "locked", "nested": {"heavy": true}})"));
  EXPECT_EQ(seen.About({{"door", "D1"}}),
            ParseJson(R"({"door": "D1", "state": "locked", "floor": 1, "heavy": true})"));
  EXPECT_EQ(seen.About({{"door", "D2"}}), ParseJson(R"({"door": "D2", "state": "open"})"));
  EXPECT_EQ(seen.About({{"door", "D9"}}), Json::object());
  EXPECT_EQ(seen.About({{"other", "D1"}}), Json::object()) << "the name must agree";
  EXPECT_EQ(seen.About(nullptr), Json::object());
  // The door itself says more about it than another door that the same badge opens.
  EXPECT_EQ(seen.About({{"badge", "B1"}, {"door", "D1"}})["state"], "locked");
  EXPECT_EQ(seen.About({{"badge", "B1"}, {"door", "D2"}})["state"], "open");
}

TEST(RuleWords, ARuleSpeaksWhereWhatWasSeenSaysSo) {
  const Strategy strategy =
      With(BuildingStrategy(),
           {Add("locked", R"({"tool": "open_door", "seen": {"door_state": "locked"}})",
                R"({"call_first": "ring_bell"})")});
  EXPECT_THAT(CalledFor(strategy, kOpenVault), Contains("ring_bell"));
  EXPECT_THAT(CalledFor(strategy, kOpenLab), Not(Contains("ring_bell")));
}

TEST(RuleWords, ARuleSpeaksOfArguments) {
  const Strategy strategy = With(
      BuildingStrategy(), {Add("d2", R"({"tool": "open_door", "arguments": {"door_id": ["D2"]}})",
                               R"({"stop": "Not the lab."})")});
  Building lab(Easy(), 1);
  EXPECT_EQ(Say(strategy, lab, kOpenLab).final_text, "Not the lab.");
  EXPECT_TRUE(lab.opened.empty());
  Building vault(Easy(), 1);
  Say(strategy, vault, kOpenVault);
  EXPECT_THAT(vault.opened, Contains("D3"));
}

// What the badge is worth is known only when a rule has had it looked up.
TEST(RuleWords, WhatAHelperFindsOutMakesFurtherRulesSpeak) {
  constexpr char kByBadge[] = "Badge B0001. Please open the chemistry lab.";
  const Operation valid = Add("valid", R"({"tool": "open_door", "seen": {"badge_state": "valid"}})",
                              R"({"call_first": "water_plants"})");
  const Operation look = Add("look", R"({"tool": "open_door"})", R"({"call_first": "get_badge"})");
  EXPECT_THAT(CalledFor(With(BuildingStrategy(), {valid}), kByBadge),
              Not(Contains("water_plants")));
  Building building(Easy(), 1);
  Say(With(BuildingStrategy(), {valid, look}), building, kByBadge);
  EXPECT_EQ(std::count(building.called.begin(), building.called.end(), "get_badge"), 1);
  EXPECT_EQ(std::count(building.called.begin(), building.called.end(), "water_plants"), 1);
}

// Two cases of one error, each with its own way out.
TEST(RuleWords, CasesOfAnErrorMakeADecisionList) {
  const Strategy strategy = With(
      BuildingStrategy(),
      {Add("a", R"({"tool": "open_door", "error": "badge_unseen", "seen": {"door_state": "shut"}})",
           R"({"recover": "show_badge"})"),
       Add("b",
           R"({"tool": "open_door", "error": "badge_unseen", "seen": {"door_state": "locked"}})",
           R"({"recover": "water_plants"})")});
  BuildingRules rules = Easy();
  rules.show_badge = true;
  EXPECT_THAT(CalledFor(strategy, kOpenLab, rules), Contains("show_badge"));
  EXPECT_THAT(CalledFor(strategy, kOpenLab, rules), Not(Contains("water_plants")));
  EXPECT_THAT(CalledFor(strategy, kOpenVault, rules), Contains("water_plants"));
}

TEST(RuleWords, AnExceptionKeepsAHelperAway) {
  const Operation wide = Add("wide", R"({"effect": "write", "argument": "door_id"})",
                             R"({"call_first": "ring_bell"})");
  EXPECT_THAT(CalledFor(With(BuildingStrategy(), {wide}), kOpenLab), Contains("ring_bell"));
  const Strategy strategy = With(
      BuildingStrategy(),
      {wide, Add("not", R"({"tool": "open_door"})", R"({"avoid": ["ring_bell", "sync_log"]})")});
  Building building(Easy(), 1);
  Say(strategy, building, kOpenLab);
  EXPECT_THAT(building.called, Not(Contains("ring_bell")));
  const auto decisions = building.Decisions("order");
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].chosen, "skip");
  EXPECT_EQ(decisions[0].fired_rules, std::vector<std::string>{"not"});
  EXPECT_THAT(CalledFor(strategy, "I am Ann. Please close the kitchen."), Contains("ring_bell"));
}

TEST(RuleWords, WhatIsAvoidedIsNotTriedEither) {
  BuildingRules rules = Easy();
  rules.show_badge = true;
  const Strategy curious =
      With(BuildingStrategy(), {{"set_param", "planner/parameters/explore_on_error", 1},
                                {"set_param", "planner/parameters/explore_tries", 14}});
  const Strategy strategy =
      With(curious, {Add("not", R"({"tool": "open_door"})", R"({"avoid": "show_badge"})")});
  EXPECT_THAT(CalledFor(curious, kOpenLab, rules), Contains("show_badge"));
  EXPECT_THAT(CalledFor(strategy, kOpenLab, rules), Not(Contains("show_badge")));
}

TEST(RuleWords, AnotherToolTakesThePlaceOfOneThatFails) {
  BuildingRules rules = Easy();
  rules.show_badge = true;
  const Strategy strategy =
      With(BuildingStrategy(), {Add("other", R"({"tool": "open_door", "error": "badge_unseen"})",
                                    R"({"instead": "close_door"})")});
  Building building(rules, 1);
  const agent::EpisodeEnd end = Say(strategy, building, kOpenLab);
  EXPECT_THAT(building.closed, Contains("D2")) << "the same door";
  EXPECT_THAT(end.final_text, HasSubstr("D2 is open")) << "the goal counts as reached";
  const auto decisions = building.Decisions("retry");
  ASSERT_EQ(decisions.size(), 1U);
  EXPECT_EQ(decisions[0].chosen, "call close_door instead");
  EXPECT_EQ(decisions[0].fired_rules, std::vector<std::string>{"other"});
}

TEST(RuleWords, AToolThatIsNotThereTakesNoPlace) {
  BuildingRules rules = Easy();
  rules.show_badge = true;
  const Strategy strategy = With(
      BuildingStrategy(),
      {Add("none", R"({"tool": "open_door", "error": "badge_unseen"})", R"({"instead": "fly"})"),
       Add("self", R"({"tool": "open_door", "error": "badge_unseen"})",
           R"({"instead": "open_door"})"),
       Add("badge", R"({"tool": "open_door", "error": "badge_unseen"})",
           R"({"recover": "show_badge"})")});
  Building building(rules, 1);
  Say(strategy, building, kOpenLab);
  EXPECT_THAT(building.opened, Contains("D2"));
}

}  // namespace
}  // namespace kedge::agent_ref
