#include "harness/suite/suite.h"

#include <gtest/gtest.h>

#include <set>

#include "harness/core/error.h"
#include "harness/suite/oracle.h"
#include "tests/testing/needs.h"

namespace kedge::suite {
namespace {

std::shared_ptr<const Suite> Library(const SuiteOptions& options = {.split = "all"}) {
  return Suite::Load(testing::SourcePath("tests/suite/testdata/library"), options);
}

std::string AllTasks(const Suite& suite) {
  std::string text;
  for (const Task& task : suite.tasks()) text += CanonicalJson(ToJson(task)) + "\n";
  return text;
}

TEST(Suite, MakesTasksOfEveryFamilyOfTheSplit) {
  const auto all = Library();
  EXPECT_EQ(all->tasks().size(), 7u * 12u);
  EXPECT_EQ(Library({.split = "gate"})->tasks().size(), 5u * 12u);
  EXPECT_EQ(Library({.split = "dev", .tasks_per_family = 3})->tasks().size(), 3u);
  std::set<std::string> ids;
  for (const Task& task : all->tasks()) ids.insert(task.id);
  EXPECT_EQ(ids.size(), all->tasks().size());
  const Task& task = all->tasks()[0];
  EXPECT_EQ(task.id, "lend-001");
  EXPECT_EQ(task.split, "dev");
  EXPECT_EQ(task.stratum, "dev");
  EXPECT_EQ(task.cluster_id, task.expected_calls[0].arguments["member_id"]);
  EXPECT_EQ(task.facts.size(), 2u);
}

TEST(Suite, TheSameSeedGivesTheSameBytes) {
  const auto one = Library({.seed = 7, .split = "all"});
  const auto again = Library({.seed = 7, .split = "all"});
  const auto other = Library({.seed = 8, .split = "all"});
  EXPECT_EQ(AllTasks(*one), AllTasks(*again));
  EXPECT_EQ(one->digest(), again->digest());
  EXPECT_NE(AllTasks(*one), AllTasks(*other));
  EXPECT_NE(one->digest(), other->digest());
  EXPECT_NE(one->world()->digest(), other->world()->digest());
}

TEST(Suite, ColumnsKeepTheirTypes) {
  const auto suite = Library();
  for (const Task& task : suite->tasks()) {
    if (task.family == "waive_and_lend") {
      EXPECT_TRUE(task.expected_calls[0].arguments["cents"].is_number_integer());
    }
    if (task.family == "return") {
      EXPECT_TRUE(task.expected_calls[0].arguments["loan_ids"].is_array());
    }
  }
}

TEST(Suite, TheOracleSolvesWhatCanBeSolved) {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
    const auto suite = Library({.seed = seed, .split = "all"});
    world::Session session(suite->world());
    for (std::size_t i = 0; i < suite->tasks().size(); ++i) {
      const Task& task = suite->tasks()[i];
      const OracleRun run = RunOracle(*suite, i, &session, seed + i);
      EXPECT_EQ(run.judgement.success, !task.impossible)
          << task.id << " " << run.trace.steps.size();
      for (const trace::Score& score : run.judgement.scores) {
        EXPECT_TRUE(score.pass || task.impossible) << task.id << " " << score.scorer << score.why;
      }
    }
  }
}

TEST(Suite, WeightsAndStrataFollowTheSplit) {
  const auto gate = Library({.split = "gate"});
  ASSERT_EQ(gate->strata().size(), 2u);
  EXPECT_EQ(gate->strata()[0].name, "changes");
  EXPECT_TRUE(gate->strata()[0].critical);
  EXPECT_DOUBLE_EQ(gate->strata()[0].weight, 0.5);
  const auto all = Library();
  double sum = 0;
  for (const Stratum& stratum : all->strata()) sum += stratum.weight;
  EXPECT_EQ(all->strata().size(), 4u);
  EXPECT_DOUBLE_EQ(sum, 1);
  EXPECT_DOUBLE_EQ(all->strata()[0].weight, 2.0 / 7);
  const auto vault = Library({.split = "vault"});
  ASSERT_EQ(vault->strata().size(), 1u);
  EXPECT_EQ(vault->strata()[0].name, "vault");
  EXPECT_EQ(vault->tasks()[0].stratum, "vault");
}

TEST(Suite, AWrongEndStateSaysWhichRow) {
  const auto suite = Library();
  world::Session session(suite->world());
  std::size_t index = 0;
  while (suite->tasks()[index].family != "move_email") ++index;
  const Task& task = suite->tasks()[index];
  session.Begin(1, {.quirks = true, .transient_errors = false});
  session.Call("change_email", task.expected_calls[0].arguments);  // but never synchronised
  EpisodeEvidence evidence;
  evidence.difference = session.difference();
  const Judgement judgement = ScoreEpisode(*suite, index, evidence);
  EXPECT_FALSE(judgement.success);
  ASSERT_EQ(judgement.scores.size(), 1u);
  EXPECT_EQ(judgement.scores[0].scorer, "end_state");
  const Json& arguments = task.expected_calls[0].arguments;
  const std::string email = arguments["email"];
  EXPECT_EQ(judgement.scores[0].why,
            "members member_id=" + arguments["member_id"].get<std::string>() + ": email is '" +
                email.substr(4) + "', expected '" + email + "'");
}

}  // namespace
}  // namespace kedge::suite
