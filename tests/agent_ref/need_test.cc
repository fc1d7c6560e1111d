// Learned rules that are left out now and then: what is not needed goes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent_ref/learner.h"
#include "agent_ref/reference_agent.h"
#include "agent_ref/rule_need.h"
#include "harness/core/random.h"
#include "tests/agent_ref/building.h"

namespace kedge::agent_ref {
namespace {

using strategy::Operation;
using strategy::Strategy;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kOpenKitchen[] = "I am Ann. Please open the kitchen.";

Operation LearnedRule(const std::string& id, const char* when, const char* then) {
  Json sources = Json::array();
  for (const char* trace : {"a", "b", "c"}) sources.push_back({{"trace", trace}});
  return {"add",
          id,
          {{"text", id},
           {"when", ParseJson(when)},
           {"then", ParseJson(then)},
           {"sources", sources},
           {"support", 3}}};
}

BuildingRules Wants(bool badge, bool sync) {
  BuildingRules rules;
  rules.ring_bell = rules.wake_meter = false;
  rules.show_badge = badge;
  rules.sync_log = sync;
  return rules;
}

Strategy Skipping(const Strategy& parent, double chance = 0.5) {
  return With(parent, {{"set_param", "planner/parameters/explore_skip", chance}});
}

std::vector<trace::Trace> Skipped(const Strategy& parent, const BuildingRules& rules,
                                  std::uint64_t first = 0, std::uint64_t count = 60) {
  const auto agent = ReferenceAgentFactory().Make(Skipping(parent));
  std::vector<trace::Trace> traces;
  for (const std::string& family : BuildingFamilies()) {
    for (std::uint64_t seed = first; seed < first + count; ++seed) {
      traces.push_back(RunBuilding(*agent, family, seed, rules).trace);
    }
  }
  return traces;
}

Strategy BadgeFirst() {
  return With(BuildingStrategy(), {LearnedRule("badge", R"({"tool": "open_door"})",
                                               R"({"call_first": "show_badge"})")});
}

TEST(Need, ALearnedRuleIsLeftOutNowAndThen) {
  int left_out = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Building building(Wants(false, false), seed);
    Say(Skipping(BadgeFirst(), 0.3), building, kOpenKitchen, seed);
    const bool called =
        std::count(building.called.begin(), building.called.end(), "show_badge") > 0;
    const auto tried = building.Decisions("explore");
    EXPECT_EQ(tried.size(), called ? 0u : 1u);
    if (called) continue;
    ++left_out;
    EXPECT_EQ(tried[0].chosen, "leave it out");
    EXPECT_THAT(tried[0].fired_rules, IsEmpty());
  }
  EXPECT_GT(left_out, 8);
  EXPECT_LT(left_out, 30);
}

TEST(Need, WhatAPersonLaidDownIsNeverLeftOut) {
  const Strategy by_hand = With(BuildingStrategy(), {{"add",
                                                      "badge",
                                                      {{"text", "Show the badge."},
                                                       {"when", {{"tool", "open_door"}}},
                                                       {"then", {{"call_first", "show_badge"}}}}}});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Building building(Wants(false, false), seed);
    Say(Skipping(by_hand, 1), building, kOpenKitchen, seed);
    EXPECT_THAT(building.called, ::testing::Contains("show_badge"));
  }
}

TEST(Need, ACallThatChangesNothingIsDropped) {
  const Strategy parent = BadgeFirst();
  const LearnResult result = Learn(Skipped(parent, Wants(false, false)), parent, {});
  ASSERT_EQ(result.operations.size(), 1u) << result.report.dump(1);
  EXPECT_EQ(result.operations[0].op, "retire");
  EXPECT_EQ(result.operations[0].target, "badge");
  EXPECT_THAT(result.operations[0].value.get<std::string>(), HasSubstr("is not needed"));
}

TEST(Need, WhatIsNeededStays) {
  const Strategy parent = BadgeFirst();
  const LearnResult result = Learn(Skipped(parent, Wants(true, false)), parent, {});
  EXPECT_THAT(result.operations, IsEmpty()) << result.report.dump(1);
}

// A rule about the outcome has no error that would show its need.
TEST(Need, ASilentRuleIsWeighedByTheOutcome) {
  const Strategy parent =
      With(BuildingStrategy(),
           {LearnedRule("sync", R"({"tool": "close_door"})", R"({"call_after": "sync_log"})")});
  EXPECT_THAT(Learn(Skipped(parent, Wants(false, true)), parent, {}).operations, IsEmpty());
  const LearnResult idle = Learn(Skipped(parent, Wants(false, false)), parent, {});
  ASSERT_EQ(idle.operations.size(), 1u) << idle.report.dump(1);
  EXPECT_EQ(idle.operations[0].target, "sync");
}

TEST(Need, ValuesAndRecoveriesAreWeighedToo) {
  const Strategy parent =
      With(BuildingStrategy(),
           {LearnedRule("hold", R"({"tool": "open_door"})", R"({"set": {"mode": "hold_open"}})"),
            LearnedRule("bell", R"({"tool": "open_door", "error": "badge_unseen"})",
                        R"({"recover": "show_badge"})")});
  BuildingRules rules = Wants(true, false);
  const LearnResult idle = Learn(Skipped(parent, rules), parent, {});
  ASSERT_EQ(idle.operations.size(), 1u) << idle.report.dump(1);
  EXPECT_EQ(idle.operations[0].target, "hold");
  rules.heavy_doors = true;
  EXPECT_THAT(Learn(Skipped(parent, rules), parent, {}).operations, IsEmpty());
}

TEST(Need, KeptRulesAndUnmixedEpisodesSayNothing) {
  const Strategy parent = BadgeFirst();
  LearnOptions options;
  options.kept_guidelines = {"badge"};
  EXPECT_THAT(Learn(Skipped(parent, Wants(false, false)), parent, options).operations, IsEmpty());
  const auto agent = ReferenceAgentFactory().Make(parent);
  std::vector<trace::Trace> traces;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    traces.push_back(RunBuilding(*agent, "open.kitchen", seed, Wants(false, false)).trace);
  }
  const LearnResult result = Learn(traces, parent, {});
  EXPECT_THAT(result.operations, IsEmpty());
  EXPECT_EQ(result.report["refused"].size(), 0u);
}

TEST(Need, TheOrderOfTracesDoesNotMatter) {
  const Strategy parent = BadgeFirst();
  std::vector<trace::Trace> traces = Skipped(parent, Wants(false, false));
  const std::string hash = Learn(traces, parent, {}).candidate.hash();
  Random random(3);
  for (int i = 0; i < 3; ++i) {
    for (std::size_t k = traces.size(); k > 1; --k)
      std::swap(traces[k - 1], traces[random.Below(k)]);
    EXPECT_EQ(Learn(traces, parent, {}).candidate.hash(), hash);
  }
}

// A rule that helps by exactly the margin is retired in no more than alpha of the runs.
TEST(Need, ARuleThatHelpsIsSeldomRetired) {
  const Strategy parent = BadgeFirst();
  Random random(11);
  constexpr int kRuns = 300;
  int retired = 0;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<EpisodeView> episodes;
    for (int i = 0; i < 160; ++i) {
      EpisodeView view;
      view.id = std::to_string(i);
      view.family = "f" + std::to_string(i % 4);
      view.principal = "p" + std::to_string(i % 3);
      const bool followed = random.Uniform() < 0.5;
      view.success = random.Uniform() < (followed ? 0.9 : 0.8);
      view.rule_uses.push_back({"badge", followed, 0});
      CallView helper{"show_badge", Json::object(), true, "", 1};
      if (followed) view.calls.push_back(helper);
      view.calls.push_back({"open_door", Json::object(), true, "", 2});
      episodes.push_back(std::move(view));
    }
    std::vector<const EpisodeView*> views;
    for (const EpisodeView& view : episodes) views.push_back(&view);
    const auto rules = NeedlessRules(parent, views, {}, true);
    ASSERT_EQ(rules.size(), 1u);
    retired += rules[0].objection.empty() ? 1 : 0;
  }
  EXPECT_LE(retired, 28) << "0.05 and 2.33 standard errors of " << kRuns << " runs";
  EXPECT_GT(retired, 0) << "the test can fail";
}

}  // namespace
}  // namespace kedge::agent_ref
