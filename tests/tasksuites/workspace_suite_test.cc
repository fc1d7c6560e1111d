#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/core/document.h"
#include "harness/suite/oracle.h"
#include "tests/tasksuites/bundled_suite.h"
#include "tests/tasksuites/suite_promises.h"

namespace kedge {
namespace {

using testing::kWorkspace;

TEST(WorkspaceSuite, IsAsLargeAsPromised) {
  const auto suite = kWorkspace.Load("gate");
  EXPECT_GE(suite->world()->tools().size(), 18u);
  EXPECT_GE(suite->world()->quirk_ids().size(), 10u);
  EXPECT_EQ(suite->strata().size(), 4u);
  std::map<std::string, std::set<std::string>> families;
  for (const char* split : {"dev", "gate", "vault"}) {
    const auto of_split = kWorkspace.Load(split);
    for (const suite::Task& task : of_split->tasks()) families[split].insert(task.family);
  }
  EXPECT_GE(families["dev"].size(), 16u);
  EXPECT_GE(families["gate"].size(), 12u);
  EXPECT_EQ(families["vault"].size(), 4u);
}

TEST(WorkspaceSuite, NoTwoFamiliesSayTheSame) {
  testing::ExpectNoTwoFamiliesSayTheSame(kWorkspace);
}

TEST(WorkspaceSuite, TheOracleSolvesAllThatCanBeSolved) {
  for (const std::uint64_t seed : {1, 2}) testing::ExpectSolvable(kWorkspace, seed, 0);
}

TEST(WorkspaceSuite, TheOracleSolvesAllThatCanBeSolvedInOtherVariants) {
  for (const std::uint64_t variant : {1, 2, 3, 4, 5, 7})
    testing::ExpectSolvable(kWorkspace, variant, variant);
}

TEST(WorkspaceSuite, TheSameSeedMakesTheSameTasksAndAnotherSeedOthers) {
  testing::ExpectTasksToFollowTheSeed(kWorkspace);
}

// Who needs what differs between variants; what people ask for does not.
TEST(WorkspaceSuite, AVariantChangesHelpersAndNotRequests) {
  const auto as_documented = kWorkspace.Load("gate");
  std::map<std::string, std::set<std::string>> helpers;  // by the tool that ends the solution
  for (const std::uint64_t variant : {0, 1, 2, 3, 4, 5}) {
    const auto suite = kWorkspace.Load("gate", 0, variant);
    for (std::size_t i = 0; i < suite->tasks().size(); ++i) {
      const suite::Task& task = suite->tasks()[i];
      const suite::Task& other = as_documented->tasks()[i];
      if (task.family == "personal_mail") continue;  // which mails are personal differs
      EXPECT_EQ(task.instruction, other.instruction) << task.id;
      EXPECT_EQ(suite::ToJson(task)["calls"], suite::ToJson(other)["calls"]) << task.id;
      if (task.solution.size() < 2) continue;
      const bool after = task.solution[0].tool == "cancel_event";
      helpers[task.family].insert(task.solution[after ? 1 : 0].tool);
    }
  }
  EXPECT_GE(helpers.size(), 8u);
  for (const auto& [family, tools] : helpers) EXPECT_GE(tools.size(), 2u) << family;
}

/// What comes of a task's solution with or without its helper.
struct Played {
  bool failed = false;
  Json last;     ///< result of the call that was helped
  Json changes;  ///< of the scored tables
  bool operator==(const Played&) const = default;
};

Played Play(const suite::Task& task, const std::string& helper, bool with,
            world::Session& session) {
  Played played;
  world::Session::Options options;
  options.transient_errors = false;
  session.Begin(1, options);
  for (const suite::ExpectedCall& call : task.solution) {
    if (call.tool == helper && !with) continue;
    const world::ToolResult result = session.Call(call.tool, call.arguments);
    played.failed = played.failed || !result.ok;
    if (call.tool != helper) played.last = result.content;
  }
  played.changes = world::ToJson(session.difference());
  session.End();
  return played;
}

// Each helper must be needed by some tasks of dev and of gate families, or nothing learned on dev
// tasks could pay on gate tasks; and by not all tasks, or it would be no quirk.
TEST(WorkspaceSuite, EveryHelperMattersInDevAndInGateFamilies) {
  for (const std::uint64_t variant : {0, 5, 9}) {
    std::map<std::string, std::set<std::string>> needed_in;
    std::map<std::string, double> tasks_with, needed;
    for (const char* split : {"dev", "gate"}) {
      const auto suite = kWorkspace.Load(split, 0, variant);
      world::Session session(suite->world());
      for (const suite::Task& task : suite->tasks()) {
        if (task.solution.size() < 2) continue;
        const bool after = task.solution[0].tool == "cancel_event";
        const std::string helper = task.solution[after ? 1 : 0].tool;
        const std::string goal = task.solution[after ? 0 : 1].tool;
        const bool matters =
            Play(task, helper, false, session) != Play(task, helper, true, session);
        const std::string key = goal + " in " + split;
        tasks_with[key] += 1;
        needed[key] += matters ? 1 : 0;
        if (matters) needed_in[goal].insert(std::string(split) + "/" + task.family);
      }
    }
    EXPECT_EQ(needed_in.size(), 10u);
    for (const auto& [key, count] : needed) {
      EXPECT_GT(count, 0.3 * tasks_with[key]) << key;
      EXPECT_LT(count, 0.95 * tasks_with[key]) << key;
    }
    for (const auto& [goal, families] : needed_in) EXPECT_GE(families.size(), 3u) << goal;
  }
}

}  // namespace
}  // namespace kedge
