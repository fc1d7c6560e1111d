#include <gtest/gtest.h>

#include "harness/suite/oracle.h"
#include "harness/suite/scorer.h"
#include "tests/testing/needs.h"

namespace kedge::suite {
namespace {

/// A suite of fixed tasks without a world.
class FixedSuite : public ::testing::Test {
 protected:
  std::shared_ptr<const Suite> Load(const std::string& tasks, const std::string& more = "") {
    testing::WriteFile(folder_.File("suite.yaml"),
                       "format: kedge-suite/1\nsuite: plain\ntasks: tasks.jsonl\n" + more);
    testing::WriteFile(folder_.File("tasks.jsonl"), tasks);
    return Suite::Load(folder_.path(), {});
  }

  Judgement Judge(const Suite& suite, std::size_t index, const std::string& answer) {
    EpisodeEvidence evidence;
    evidence.final_text = answer;
    return ScoreEpisode(suite, index, evidence);
  }

  testing::TempFolder folder_;
};

TEST_F(FixedSuite, AllMustPassAndTheScoreIsTheMean) {
  const auto suite = Load(
      R"({"id":"t","instruction":"x","tell":["4","yes"],"scorers":[{"type":"regex","pattern":"!"},{"type":"regex","pattern":"[?]"}]})"
      "\n");
  const Judgement all = Judge(*suite, 0, "Yes: 4!?");
  EXPECT_TRUE(all.success);
  EXPECT_DOUBLE_EQ(all.score, 1);
  const Judgement some = Judge(*suite, 0, "yes!");
  EXPECT_FALSE(some.success);
  EXPECT_DOUBLE_EQ(some.score, 0.5);
  ASSERT_EQ(some.scores.size(), 4u);
  EXPECT_EQ(some.scores[0].scorer, "tell[0]");
  EXPECT_EQ(some.scores[0].why, "the answer does not say '4'");
  EXPECT_TRUE(some.scores[1].pass);
  EXPECT_EQ(some.scores[2].scorer, "regex[0]");
  EXPECT_EQ(some.scores[3].scorer, "regex[1]");
  EXPECT_FALSE(Judge(*suite, 0, "").success);
}

TEST_F(FixedSuite, ImpossibleTasksNeverPass) {
  const auto suite = Load(R"({"id":"t","instruction":"x","tell":["a"],"impossible":true})");
  const Judgement judgement = Judge(*suite, 0, "a");
  EXPECT_FALSE(judgement.success);
  EXPECT_EQ(judgement.scores.back().scorer, "impossible");
  EXPECT_FALSE(RunOracle(*suite, 0, nullptr, 1).judgement.success);
}

TEST_F(FixedSuite, SplitsAndClustersOfFixedTasks) {
  const auto suite =
      Load(R"({"id":"a","family":"f","instruction":"x","tell":["1"],"cluster":"c","weight":2})"
           "\n"
           R"({"id":"b","family":"g","instruction":"x","tell":["1"]})",
           "splits: {gate: [f], dev: [g]}\n");
  ASSERT_EQ(suite->tasks().size(), 1u);
  EXPECT_EQ(suite->tasks()[0].cluster_id, "c");
  EXPECT_EQ(suite->tasks()[0].weight, 2);
  EXPECT_EQ(suite->tasks()[0].stratum, "all");
  EXPECT_EQ(suite->world(), nullptr);
  EXPECT_TRUE(suite->expected_difference(0).empty());
}

TEST_F(FixedSuite, TheOracleGivesTheAnswer) {
  const auto suite = Load(
      R"({"id":"a","instruction":"x","answer":"{\"v\": 2}","scorers":[{"type":"json_equal","value":{"v":2}}]})"
      "\n"
      R"({"id":"b","instruction":"x","tell":["one", "two"]})");
  EXPECT_TRUE(RunOracle(*suite, 0, nullptr, 1).judgement.success);
  EXPECT_TRUE(RunOracle(*suite, 1, nullptr, 1).judgement.success);
}

TEST_F(FixedSuite, FixedTasksKeepTheirPopulation) {
  const std::string world = testing::SourcePath("tests/world/testdata/library");
  testing::WriteFile(folder_.File("suite.yaml"),
                     "format: kedge-suite/1\nsuite: fixed\ntasks: tasks.jsonl\nseed: 5\n"
                     "world: {folder: ../../" +
                         world + "}\n");
  testing::WriteFile(
      folder_.File("tasks.jsonl"),
      R"({"id":"a","instruction":"x","calls":[{"tool":"change_email","arguments":{"member_id":"M0001","email":"n@x"}}]})");
  const auto own = Suite::Load(folder_.path(), {});
  const auto other = Suite::Load(folder_.path(), {.seed = 9});
  EXPECT_EQ(own->world()->digest(), other->world()->digest());
  EXPECT_EQ(other->seed(), 9u);
  EXPECT_NE(own->digest(), other->digest());
  EXPECT_EQ(own->expected_difference(0), other->expected_difference(0));
  // No end state to look at: the task cannot pass.
  EXPECT_FALSE(ScoreEpisode(*own, 0, EpisodeEvidence{}).success);
}

TEST(NoChange, PassesOnlyWithoutAChange) {
  const auto suite =
      Suite::Load(testing::SourcePath("tests/suite/testdata/library"), {.split = "gate"});
  std::size_t index = 0;
  while (suite->tasks()[index].family != "refused") ++index;
  EpisodeEvidence evidence;
  evidence.difference = world::Difference{};
  EXPECT_TRUE(ScoreEpisode(*suite, index, evidence).success);
  evidence.difference->changes.push_back(
      {"books", "update", {{"book_id", "B0001"}}, {{"copies", 1}}, {{"copies", 0}}});
  const Judgement judgement = ScoreEpisode(*suite, index, evidence);
  EXPECT_FALSE(judgement.success);
  EXPECT_EQ(judgement.scores[0].scorer, "no_change");
  EXPECT_EQ(judgement.scores[0].why, "books book_id=B0001: copies is 0, expected 1");
}

}  // namespace
}  // namespace kedge::suite
