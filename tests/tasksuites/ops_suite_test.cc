#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <set>

#include "harness/core/document.h"
#include "harness/suite/oracle.h"
#include "tests/tasksuites/bundled_suite.h"
#include "tests/tasksuites/suite_promises.h"

namespace kedge {
namespace {

using testing::kOps;

TEST(OpsSuite, IsAsLargeAsPromised) {
  const auto suite = kOps.Load("gate");
  EXPECT_GE(suite->world()->tools().size(), 18u);
  EXPECT_GE(suite->world()->quirk_ids().size(), 10u);
  EXPECT_EQ(suite->strata().size(), 4u);
  std::set<std::string> families;
  for (const suite::Task& task : suite->tasks()) families.insert(task.family);
  EXPECT_EQ(families.size(), 14u);
  families.clear();
  const auto dev = kOps.Load("dev");
  for (const suite::Task& task : dev->tasks()) families.insert(task.family);
  EXPECT_GE(families.size(), 16u);
}

TEST(OpsSuite, NoTwoFamiliesSayTheSame) { testing::ExpectNoTwoFamiliesSayTheSame(kOps); }

TEST(OpsSuite, NoSubjectBelongsToTwoSplits) {
  testing::ExpectNoSubjectInTwoSplits(kOps, {"service"});
}

TEST(OpsSuite, TheOracleSolvesAllThatCanBeSolved) {
  for (const std::uint64_t seed : {1, 2, 3}) testing::ExpectSolvable(kOps, seed);
}

TEST(OpsSuite, TheSameSeedMakesTheSameTasksAndAnotherSeedOthers) {
  testing::ExpectTasksToFollowTheSeed(kOps);
}

TEST(OpsSuite, FourHundredFreshTasksTakeLessThanASecond) {
  testing::ExpectFreshTasksInASecond(kOps);
}

/// Rows of the quirks' parameters.
Json Parameters(std::uint64_t variant, std::uint64_t seed = 1) {
  world::WorldOptions options;
  options.population_seed = seed;
  options.variant = variant;
  world::Session session(world::World::Load(kOps.Path("world"), options));
  return session.Query("SELECT quirk, name, value FROM quirk_parameter ORDER BY 1, 2, 3");
}

// Otherwise than the population, which every suite seed makes anew.
TEST(OpsVariants, AloneGiveTheParameters) {
  std::set<std::string> seen;
  for (std::uint64_t variant = 0; variant < 4; ++variant) {
    const Json parameters = Parameters(variant);
    EXPECT_TRUE(seen.insert(DumpJson(parameters)).second) << "variant " << variant;
    EXPECT_EQ(Parameters(variant, 17), parameters) << "variant " << variant;
  }
}

// A permutation moves every helper somewhere in some variant, or it would be no permutation.
TEST(OpsVariants, PermuteTheHelpersOfEveryGroup) {
  std::map<std::string, std::set<std::string>> helpers;
  for (std::uint64_t variant = 0; variant < 16; ++variant) {
    for (const Json& row : Parameters(variant)) {
      if (row["name"] != "helper") continue;
      helpers[row["quirk"].get<std::string>()].insert(row["value"].get<std::string>());
    }
  }
  EXPECT_EQ(helpers.size(), 8u);
  for (const auto& [quirk, tools] : helpers) EXPECT_GE(tools.size(), 2u) << quirk;
  EXPECT_EQ(helpers["in_rotation"].size(), 4u);
  EXPECT_EQ(helpers["open_questions"].size(), 3u);
}

TEST(OpsVariants, TheOracleSolvesAllOfEveryVariant) {
  for (std::uint64_t variant = 1; variant <= 4; ++variant)
    testing::ExpectSolvable(kOps, variant, variant);
}

using Calls = std::vector<suite::ExpectedCall>;

/// What comes of some calls: the end state, and the results of those that read.
std::string Played(const Calls& calls, world::Session& session) {
  world::Session::Options options;
  options.transient_errors = false;
  session.Begin(1, options);
  std::string played;
  for (const suite::ExpectedCall& call : calls) {
    const world::ToolResult result = session.Call(call.tool, call.arguments);
    const bool read = call.tool == "count_errors" || call.tool == "read_setting";
    if (read) played += DumpJson({result.ok, result.content});
  }
  played += DumpJson(world::ToJson(session.difference()));
  session.End();
  return played;
}

/// Where a solution calls a tool for what was asked, or its size.
std::size_t PlaceOf(const Calls& calls, const std::string& tool) {
  std::size_t place = 0;
  while (place < calls.size() && calls[place].tool != tool) ++place;
  return place;
}

/// How many tasks of each family come out otherwise when `change` is made to their solution.
struct Effect {
  std::map<std::string, std::int64_t> changed, tasks;
};

/// `change` gives the altered calls; the same calls when it does not apply.
Effect EffectOf(const std::string& split, const std::string& goal_tool,
                const std::function<void(Calls&)>& change) {
  static std::map<std::string, std::shared_ptr<const suite::Suite>> suites;
  auto& suite = suites[split];
  if (suite == nullptr) suite = kOps.Load(split);
  Effect effect;
  world::Session session(suite->world());
  for (const suite::Task& task : suite->tasks()) {
    if (PlaceOf(task.solution, goal_tool) == task.solution.size()) continue;
    Calls altered = task.solution;
    change(altered);
    ++effect.tasks[task.family];
    effect.changed[task.family] += Played(altered, session) != Played(task.solution, session);
  }
  return effect;
}

std::function<void(Calls&)> Without(const std::string& tool) {
  return [tool](Calls& calls) {
    std::erase_if(calls, [&](const suite::ExpectedCall& call) { return call.tool == tool; });
  };
}

/// Calls `helper` before `tool`, with the same `argument`.
std::function<void(Calls&)> Before(const std::string& tool, const std::string& helper,
                                   const std::string& argument) {
  return [=](Calls& calls) {
    const Json& value = calls[PlaceOf(calls, tool)].arguments[argument];
    calls.insert(calls.begin(), suite::ExpectedCall{helper, {{argument, value}}});
  };
}

void ExpectSomeButNotAll(const Effect& effect, const std::string& what) {
  for (const auto& [family, tasks] : effect.tasks) {
    EXPECT_GT(effect.changed.at(family), 0) << what << " in " << family;
    EXPECT_LT(effect.changed.at(family), tasks) << what << " in " << family;
  }
}

struct Link {
  const char* goal_tool;
  const char* helper;  ///< the one of variant 0
};

// Each step must be needed by some tasks of dev and of gate families and by no family's all, or
// nothing learned on dev tasks could pay on gate tasks, or it would be no quirk.
TEST(OpsSuite, EveryHelperMattersInDevAndInGateFamilies) {
  for (const Link& link :
       {Link{"deploy_release", "request_approval"}, Link{"restart_service", "drain_traffic"},
        Link{"change_setting", "drain_traffic"}, Link{"resolve_incident", "attach_timeline"},
        Link{"page_on_call", "mute_incident"}, Link{"page_on_call", "wait_for"},
        Link{"set_flag", "publish_flag"}, Link{"delete_backup", "lift_hold"},
        Link{"count_errors", "collect_logs"}, Link{"read_setting", "sync_replica"}}) {
    for (const std::string split : {"dev", "gate"}) {
      const Effect effect = EffectOf(split, link.goal_tool, Without(link.helper));
      EXPECT_GE(effect.tasks.size(), split == "dev" ? 2u : 1u) << link.goal_tool;
      ExpectSomeButNotAll(effect, link.helper);
    }
  }
}

TEST(OpsSuite, LargeStepsNeedAnotherPace) {
  for (const char* split : {"dev", "gate"}) {
    ExpectSomeButNotAll(EffectOf(split, "scale_service",
                                 [](Calls& calls) { calls.back().arguments.erase("pace"); }),
                        "pace");
  }
}

// The trap: what two tools need ruins a third.
TEST(OpsSuite, NothingDrainedIsScaled) {
  for (const char* split : {"dev", "gate"}) {
    const Effect effect =
        EffectOf(split, "scale_service", Before("scale_service", "drain_traffic", "service"));
    for (const auto& [family, tasks] : effect.tasks) EXPECT_EQ(effect.changed.at(family), tasks);
  }
}

// The prohibition.
TEST(OpsSuite, SomeIncidentsThatWereMutedMustNotBeResolved) {
  for (const char* split : {"dev", "gate"}) {
    ExpectSomeButNotAll(EffectOf(split, "resolve_incident",
                                 Before("resolve_incident", "mute_incident", "incident_id")),
                        "muting");
  }
}

}  // namespace
}  // namespace kedge
