#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/tasksuites/bundled_suite.h"
#include "tests/tasksuites/suite_promises.h"

namespace kedge {
namespace {

using testing::kDispatch;

TEST(DispatchSuite, IsAsLargeAsPromised) {
  const auto suite = kDispatch.Load("gate");
  EXPECT_EQ(suite->world()->tools().size(), 16u);
  EXPECT_EQ(suite->strata().size(), 4u);
  std::set<std::string> families;
  for (const suite::Task& task : suite->tasks()) families.insert(task.family);
  EXPECT_EQ(families.size(), 8u);
  families.clear();
  const auto dev = kDispatch.Load("dev");
  for (const suite::Task& task : dev->tasks()) families.insert(task.family);
  EXPECT_EQ(families.size(), 10u);
}

TEST(DispatchSuite, NoTwoFamiliesSayTheSame) { testing::ExpectNoTwoFamiliesSayTheSame(kDispatch); }

TEST(DispatchSuite, NoSubjectBelongsToTwoSplits) { testing::ExpectNoSubjectInTwoSplits(kDispatch); }

TEST(DispatchSuite, TheOracleSolvesAllThatCanBeSolvedInEveryVariant) {
  for (std::uint64_t variant = 0; variant <= 4; ++variant) {
    testing::ExpectSolvable(kDispatch, variant + 1, variant);
  }
  testing::ExpectSolvable(kDispatch, 7);
}

TEST(DispatchSuite, TheSameSeedMakesTheSameTasksAndAnotherSeedOthers) {
  testing::ExpectTasksToFollowTheSeed(kDispatch);
}

TEST(DispatchSuite, FourHundredFreshTasksTakeLessThanASecond) {
  testing::ExpectFreshTasksInASecond(kDispatch);
}

/// Rows of the quirks' parameters.
Json DispatchParameters(std::uint64_t variant, std::uint64_t seed = 1) {
  world::WorldOptions options;
  options.population_seed = seed;
  options.variant = variant;
  world::Session session(world::World::Load(kDispatch.Path("world"), options));
  return session.Query("SELECT quirk, name, value FROM quirk_parameter ORDER BY 1, 2, 3");
}

// Otherwise than the population, which every suite seed makes anew.
TEST(DispatchVariants, AloneGiveTheParameters) {
  std::set<std::string> seen;
  for (std::uint64_t variant = 0; variant < 5; ++variant) {
    const Json parameters = DispatchParameters(variant);
    EXPECT_TRUE(seen.insert(DumpJson(parameters)).second) << "variant " << variant;
    EXPECT_EQ(DispatchParameters(variant, 17), parameters) << "variant " << variant;
  }
}

// Each parameter takes another value in some variant, or what is learned in one would hold in all.
TEST(DispatchVariants, MoveEveryParameter) {
  std::map<std::string, std::set<std::string>> values;
  for (std::uint64_t variant = 0; variant < 12; ++variant) {
    std::map<std::string, std::string> here;
    for (const Json& row : DispatchParameters(variant)) {
      here[row["quirk"].get<std::string>() + " " + row["name"].get<std::string>()] +=
          DumpJson(row["value"]);
    }
    EXPECT_EQ(here.size(), 13u);
    for (const auto& [name, value] : here) values[name].insert(value);
  }
  for (const auto& [name, seen] : values) EXPECT_GE(seen.size(), 2u) << name;
  for (const char* quirk : {"uncleared", "uninspected", "unweighed"}) {
    EXPECT_EQ(values[std::string(quirk) + " tool"].size(), 4u) << quirk;
  }
}

/// What some calls change.
Json ChangeBy(const std::vector<suite::ExpectedCall>& calls, world::Session& session) {
  world::Session::Options options;
  options.transient_errors = false;
  session.Begin(1, options);
  for (const suite::ExpectedCall& call : calls) session.Call(call.tool, call.arguments);
  Json change = world::ToJson(session.difference());
  session.End();
  return change;
}

/// What solves a task: its `calls` where it has no `solution` of its own.
const std::vector<suite::ExpectedCall>& SolutionOf(const suite::Task& task) {
  return task.solution.empty() ? task.expected_calls : task.solution;
}

/// What somebody who knows no quirk would call: what was asked for, by way of the depot in the
/// record.
std::vector<suite::ExpectedCall> AsAsked(const suite::Task& task, world::Session& session) {
  std::vector<suite::ExpectedCall> calls = task.expected_calls;
  for (suite::ExpectedCall& call : calls) {
    if (!call.arguments.contains("depot")) continue;
    const std::string parcel = call.arguments["parcel_id"].get<std::string>();
    call.arguments["depot"] =
        session.Query("SELECT depot FROM parcel WHERE parcel_id = '" + parcel + "'")[0]["depot"];
  }
  return calls;
}

// What was asked for is wrong or not enough for some tasks of every family and right for others: or
// nothing learned on dev tasks could pay on gate tasks, or it would be no quirk.
TEST(DispatchSuite, QuirksMatterToSomeTasksOfEveryFamilyAndNotToAll) {
  for (const std::string split : {"dev", "gate"}) {
    const auto suite = kDispatch.Load(split);
    world::Session session(suite->world());
    std::map<std::string, int> tasks, hard;
    for (const suite::Task& task : suite->tasks()) {
      if (task.impossible) continue;
      ++tasks[task.family];
      const bool refund = task.expected_calls.empty();
      hard[task.family] +=
          refund ? task.solution[0].arguments["parcel_id"] == "-"
                 : ChangeBy(AsAsked(task, session), session) != ChangeBy(SolutionOf(task), session);
    }
    for (const auto& [family, count] : tasks) {
      EXPECT_GE(hard[family], count / 5) << family;
      EXPECT_LE(hard[family], count * 19 / 20) << family;
    }
  }
}

// One episode teaches nothing about a quirk that only one dev family meets.
TEST(DispatchSuite, EveryToolIsAskedForInTwoDevFamilies) {
  std::map<std::string, std::set<std::string>> families;
  const auto suite = kDispatch.Load("dev");
  for (const suite::Task& task : suite->tasks()) {
    for (const suite::ExpectedCall& call : SolutionOf(task))
      families[call.tool].insert(task.family);
  }
  for (const char* tool : {"release_parcel", "book_pickup", "refund_parcel", "reroute_parcel",
                           "store_parcel", "send_notice"}) {
    EXPECT_GE(families[tool].size(), 2u) << tool;
  }
}

}  // namespace
}  // namespace kedge
