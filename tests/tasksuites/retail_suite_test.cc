#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "harness/core/document.h"
#include "harness/suite/oracle.h"
#include "tests/tasksuites/bundled_suite.h"
#include "tests/tasksuites/suite_promises.h"

namespace kedge {
namespace {

using testing::kRetail;

TEST(RetailSuite, IsAsLargeAsPromised) {
  const auto suite = kRetail.Load("gate");
  EXPECT_GE(suite->world()->tools().size(), 12u);
  EXPECT_GE(suite->world()->quirk_ids().size(), 6u);
  EXPECT_EQ(suite->strata().size(), 4u);
  std::set<std::string> families;
  for (const suite::Task& task : suite->tasks()) families.insert(task.family);
  EXPECT_GE(families.size(), 12u);
  const Document document = Document::Load(kRetail.Path("families.yaml"));
  for (const Node& family : document.root()["families"].Items()) {
    EXPECT_GE(family["say"].Items().size(), 3u) << family["family"].String();
  }
}

TEST(RetailSuite, NoTwoFamiliesSayTheSame) { testing::ExpectNoTwoFamiliesSayTheSame(kRetail); }

TEST(RetailSuite, TheOracleSolvesAllThatCanBeSolved) {
  for (const std::uint64_t seed : {1, 2, 3}) testing::ExpectSolvable(kRetail, seed);
}

TEST(RetailSuite, TheSameSeedMakesTheSameTasksAndAnotherSeedOthers) {
  testing::ExpectTasksToFollowTheSeed(kRetail);
}

TEST(RetailSuite, FourHundredFreshTasksTakeLessThanASecond) {
  testing::ExpectFreshTasksInASecond(kRetail);
}

/// Rows of the rules' parameters.
Json Quirks(std::uint64_t variant, std::uint64_t seed = 1) {
  world::WorldOptions options;
  options.population_seed = seed;
  options.variant = variant;
  world::Session session(world::World::Load(kRetail.Path("world"), options));
  return session.Query("SELECT * FROM quirk ORDER BY id");
}

// Otherwise than the population, which every suite seed makes anew.
TEST(RetailVariants, AloneGiveTheParameters) {
  std::set<std::string> seen;
  for (std::uint64_t variant = 0; variant < 6; ++variant) {
    const Json quirks = Quirks(variant);
    EXPECT_TRUE(seen.insert(DumpJson(quirks)).second) << "variant " << variant;
    EXPECT_EQ(Quirks(variant, 17), quirks) << "variant " << variant;
  }
}

TEST(RetailVariants, TheOracleSolvesAllOfEveryVariant) {
  for (std::uint64_t variant = 1; variant <= 4; ++variant) {
    testing::ExpectSolvable(kRetail, variant, variant);
  }
}

/// What comes of a task's solution without one of its steps.
struct Played {
  bool failed = false;
  Json last;  ///< result of the last call
  bool operator==(const Played&) const = default;
};

/// The tools that fulfil a request: what ends a solution or is expected to be called.
std::set<std::string> GoalTools(const suite::Suite& suite) {
  std::set<std::string> tools;
  for (const suite::Task& task : suite.tasks()) {
    if (!task.solution.empty()) tools.insert(task.solution.back().tool);
    for (const suite::ExpectedCall& call : task.expected_calls) tools.insert(call.tool);
  }
  return tools;
}

/// The tools that help against a quirk.
std::set<std::string> HelperTools(world::Session& session) {
  std::set<std::string> tools;
  for (const Json& row : session.Query("SELECT DISTINCT helper FROM quirk")) {
    tools.insert(row["helper"].get<std::string>());
  }
  return tools;
}

Played PlayWithout(const suite::Task& task, const std::string& left_out, world::Session& session) {
  Played played;
  world::Session::Options options;
  options.transient_errors = false;
  session.Begin(1, options);
  for (const suite::ExpectedCall& call : task.solution) {
    if (call.tool == left_out) continue;
    const world::ToolResult result = session.Call(call.tool, call.arguments);
    played.failed = played.failed || !result.ok;
    played.last = result.content;
  }
  session.End();
  return played;
}

// Each back-office step must be needed by some tasks of dev and of gate families, or nothing
// learned on dev tasks could pay on gate tasks; and no step by all tasks, or it would be no quirk.
TEST(RetailSuite, EveryQuirkMattersInDevAndInGateFamilies) {
  std::map<std::string, std::set<std::string>> needed_in;
  std::map<std::string, std::int64_t> tasks_with, needed;
  for (const char* split : {"dev", "gate"}) {
    const auto suite = kRetail.Load(split);
    world::Session session(suite->world());
    const std::set<std::string> goals = GoalTools(*suite);
    const std::set<std::string> helpers = HelperTools(session);
    for (const suite::Task& task : suite->tasks()) {
      const Played right = PlayWithout(task, "", session);
      for (const suite::ExpectedCall& call : task.solution) {
        // What is no helper here is one in another variant of the world.
        if (goals.contains(call.tool) || !helpers.contains(call.tool)) continue;
        const bool matters = PlayWithout(task, call.tool, session) != right;
        const std::string key = call.tool + " in " + split;
        ++tasks_with[key];
        needed[key] += matters ? 1 : 0;
        if (matters) needed_in[call.tool].insert(std::string(split) + "/" + task.family);
      }
    }
  }
  EXPECT_GE(needed_in.size(), 6u);
  for (const auto& [key, count] : needed) {
    EXPECT_GT(count, 0) << key;
    EXPECT_LT(count, tasks_with[key]) << key;
  }
  for (const auto& [step, families] : needed_in) EXPECT_GE(families.size(), 3u) << step;
}

}  // namespace
}  // namespace kedge
