#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/gate/comparison.h"
#include "harness/gate/comparison_pairing.h"
#include "tests/gate/compare_testing.h"

namespace kedge::gate {
namespace {

using ::testing::ElementsAre;

Pairing Pair(const std::string& champion, const std::string& candidate) {
  return PairRecorded(FromCsv(champion), FromCsv(candidate));
}

TEST(Pairing, ByTaskAndWhatIsLeftOver) {
  const Pairing p = Pair("task_id,success\na,1\nb,1\nc,0\nd,0\nx,1\n",
                         "task_id,success\nd,0\nc,1\nb,0\na,1\ny,0\nz,0\n");
  EXPECT_EQ(p.table.n, 4);
  EXPECT_EQ(p.table.both, 1);
  EXPECT_EQ(p.table.only_champion, 1);
  EXPECT_EQ(p.table.only_candidate, 1);
  EXPECT_EQ(p.table.neither, 1);
  EXPECT_EQ(p.table.unpaired_champion, 1);
  EXPECT_EQ(p.table.unpaired_candidate, 2);
  EXPECT_THAT(p.unpaired.champion_tasks, ElementsAre("x"));
  EXPECT_DOUBLE_EQ(p.unpaired.share(), 0.2);
  ASSERT_EQ(p.flips.size(), 2u);
  EXPECT_EQ(p.flips[0].task_id, "b");
  EXPECT_FALSE(p.flips[0].gained);
  EXPECT_TRUE(p.flips[1].gained);
  EXPECT_FALSE(p.clustered);
  EXPECT_EQ(p.clusters, 4);
}

TEST(Pairing, NoCommonTaskIsAnError) {
  EXPECT_THROW(Pair("task_id,success\na,1\n", "task_id,success\nb,1\n"), Error);
}

TEST(Pairing, ATaskInAnotherVersionIsAnotherTask) {
  const Pairing p = Pair("task_id,success,suite_version\na,1,v1\nb,1,v1\nc,1,\n",
                         "task_id,success,suite_version\na,1,v2\nb,0,v1\nc,0,v2\n");
  EXPECT_EQ(p.table.n, 2) << "an unknown version pairs with the only one there is";
  EXPECT_EQ(p.unpaired.version_mismatches, 1);
  EXPECT_EQ(p.table.unpaired_champion, 1);
  EXPECT_EQ(p.table.unpaired_candidate, 1);
}

TEST(Pairing, SeveralVersionsPairEachWithItsOwn) {
  const Pairing p = Pair("task_id,success,suite_version\na,1,v1\na,1,v2\n",
                         "task_id,success,suite_version\na,0,v2\na,1,v3\n");
  EXPECT_EQ(p.table.n, 1);
  EXPECT_EQ(p.table.only_champion, 1);
  EXPECT_EQ(p.tasks[0].version, "v2");
  EXPECT_EQ(p.unpaired.version_mismatches, 0);
}

TEST(Pairing, TheSameTaskInTwoStrataIsTwoTasks) {
  const std::string csv = "task_id,success,stratum\na,1,x\na,0,y\nb,1,y\n";
  const Pairing p = Pair(csv, csv);
  EXPECT_EQ(p.tasks.size(), 3u);
  EXPECT_THAT(p.strata, ElementsAre("x", "y"));
  EXPECT_EQ(p.clusters, 3) << "no cluster column: every task stands alone";
  EXPECT_EQ(ScoresOfStratum(p, "y").champion.size(), 2u);
}

TEST(Pairing, AFileWithoutStrataTakesTheOtherOnes) {
  const std::string with = "task_id,success,stratum\nb,1,x\na,0,y\n";
  const std::string without = "task_id,success\na,1\nb,1\n";
  EXPECT_THAT(Pair(with, without).strata, ElementsAre("x", "y"));
  EXPECT_THAT(Pair(without, with).strata, ElementsAre("x", "y"));
  EXPECT_THROW(Pair("task_id,success,stratum\na,1,x\na,0,y\n", without), Error) << "ambiguous";
}

TEST(Pairing, StrataThatOnlyOneSideHas) {
  const Pairing p = Pair("task_id,success,stratum\na,1,x\nb,1,gone\n",
                         "task_id,success,stratum\na,1,x\nc,1,new\n");
  EXPECT_THAT(p.unpaired.champion_strata, ElementsAre("gone"));
  EXPECT_THAT(p.unpaired.candidate_strata, ElementsAre("new"));
  EXPECT_EQ(p.unpaired.champion_runs, 1) << "the lost stratum is reported by itself";
  EXPECT_EQ(p.table.unpaired_champion, 1);
}

TEST(Pairing, TrialsAreNestedInTasks) {
  const Pairing p = Pair("task_id,trial,success\na,0,1\na,1,0\nb,0,1\nb,1,1\n",
                         "task_id,trial,success\na,1,1\na,0,1\nb,0,0\nb,1,1\n");
  ASSERT_EQ(p.tasks.size(), 2u);
  EXPECT_DOUBLE_EQ(p.tasks[0].champion, 0.5);
  EXPECT_DOUBLE_EQ(p.tasks[0].candidate, 1);
  EXPECT_DOUBLE_EQ(p.tasks[1].candidate, 0.5);
  EXPECT_TRUE(p.table_of_trials);
  EXPECT_EQ(p.table.n, 4);
  EXPECT_EQ(p.table.both, 2);
  EXPECT_EQ(p.flips.at(0).trial, 1);
}

TEST(Pairing, ATrialWithoutPartnerIsCountedAndStillMeasured) {
  const Pairing p =
      Pair("task_id,trial,success\na,0,1\na,1,0\na,2,0\n", "task_id,trial,success\na,0,1\na,5,1\n");
  EXPECT_EQ(p.unpaired.champion_runs, 3);
  EXPECT_EQ(p.unpaired.champion_without_pair, 2);
  EXPECT_EQ(p.table.n, 1);
  EXPECT_NEAR(p.tasks[0].champion, 1.0 / 3, 1e-15);
  EXPECT_DOUBLE_EQ(p.tasks[0].candidate, 1);
}

TEST(Pairing, AMissingSideTakesThePairAway) {
  const Pairing p = Pair("task_id,trial,success,error\na,0,1,\na,1,0,\nb,0,1,\nc,0,,judge\n",
                         "task_id,trial,success,error\na,0,,down\na,1,0,\nb,0,,down\nc,0,,down\n");
  EXPECT_EQ(DroppedCount(p.drops), 3);
  EXPECT_EQ(p.drops.champion_missing, 1);
  EXPECT_EQ(p.drops.candidate_missing, 3);
  EXPECT_EQ(p.drops.planned - DroppedCount(p.drops), 1);
  EXPECT_EQ(p.tasks_lost, 2);
  ASSERT_EQ(p.tasks.size(), 1u);
  EXPECT_DOUBLE_EQ(p.tasks[0].champion, 0) << "trial 0 left on both sides";
  EXPECT_EQ(p.table.dropped, 3);
}

TEST(Pairing, AnonymousTrialsAreComparedByTheirMeans) {
  const testing::TempFolder folder;
  testing::WriteFile(folder.File("m.jsonl"),
                     R"({"subject_id":"a","responses":{"t":{"successes":3,"trials":4},)"
                     R"("u":{"successes":2,"trials":4}}})"
                     "\n"
                     R"({"subject_id":"b","responses":{"t":{"successes":3,"trials":5},)"
                     R"("u":{"successes":1,"trials":2}}})"
                     "\n");
  const Pairing p = PairRecorded(agent::ReadRecorded(folder.File("m.jsonl#a")),
                                 agent::ReadRecorded(folder.File("m.jsonl#b")));
  EXPECT_FALSE(p.table_of_trials);
  EXPECT_EQ(p.table.n, 2);
  EXPECT_EQ(p.table.only_champion, 1) << "0.75 against 0.6";
  EXPECT_EQ(p.table.both, 1) << "0.5 against 0.5";
  EXPECT_DOUBLE_EQ(p.tasks[0].candidate, 0.6);
  EXPECT_EQ(p.unpaired.champion_without_pair, 2) << "4 trials against 2";
}

TEST(Pairing, ClustersSpanStrata) {
  const std::string csv =
      "task_id,success,stratum,cluster\na,1,x,u1\nb,1,x,u1\na2,0,y,u1\nc,1,y,u2\n";
  const Pairing p = Pair(csv, csv);
  EXPECT_TRUE(p.clustered);
  EXPECT_EQ(p.clusters, 2);
}

TEST(Pairing, GuardsInPairsOfWatchedRuns) {
  const Pairing p = Pair("task_id,success,guard:leak\na,1,1\nb,1,0\nc,1,1\nd,1,\n",
                         "task_id,success,guard:leak\na,1,0\nb,1,0\nc,1,\nd,1,1\n");
  const PairedGuard& leak = p.guards.at("leak");
  EXPECT_EQ(leak.table.n, 2);
  EXPECT_EQ(leak.table.only_champion, 1);
  EXPECT_EQ(leak.unwatched_tasks, 1) << "c: only the champion was watched";
  EXPECT_EQ(leak.exposure, 3);
  EXPECT_EQ(leak.candidate_violations, 1) << "d counts although the champion was not watched";
  EXPECT_THAT(leak.scores.champion, ElementsAre(0, 1));
  EXPECT_THAT(leak.scores.candidate, ElementsAre(1, 1));
}

TEST(Pairing, PartialCreditCountsWhoScoredHigher) {
  const Pairing p =
      Pair("task_id,score\na,0.5\nb,0.5\nc,0\nd,1\n", "task_id,score\na,0.75\nb,0.25\nc,0\nd,1\n");
  EXPECT_FALSE(p.binary);
  EXPECT_EQ(p.table.only_candidate, 1);
  EXPECT_EQ(p.table.only_champion, 1);
  EXPECT_EQ(p.table.both, 1);
  EXPECT_EQ(p.table.neither, 1);
}

TEST(Pairing, AmountsNeedBothSides) {
  const Pairing p = Pair("task_id,success,cost,tokens\na,1,2,100\nb,1,4,\n",
                         "task_id,success,cost\na,1,1\nb,1,\n");
  EXPECT_THAT(p.amounts.at("cost").champion, ElementsAre(2));
  EXPECT_THAT(p.amounts.at("cost").candidate, ElementsAre(1));
  EXPECT_EQ(p.amounts.count("tokens"), 0u);
}

TEST(Comparison, TheOrderOfRowsChangesNothing) {
  Random random(7);
  std::vector<std::string> rows;
  std::vector<std::string> others;
  for (int i = 0; i < 60; ++i) {
    const std::string key =
        "t" + std::to_string(i) + ",s" + std::to_string(i % 3) + ",c" + std::to_string(i / 3) + ",";
    rows.push_back(key + (random.Bernoulli(0.5) ? "1" : "0") + "\n");
    others.push_back(key + (random.Bernoulli(0.6) ? "1" : "0") + "\n");
  }
  const auto digest = [&rows, &others] {
    std::string a = "task_id,stratum,cluster,success\n";
    std::string b = a;
    for (const std::string& row : rows) a += row;
    for (const std::string& row : others) b += row;
    return Digest(CompareRecorded(FromCsv(a), FromCsv(b), {}));
  };
  const std::string first = digest();
  for (int i = 0; i < 5; ++i) {
    random.Shuffle(rows);
    random.Shuffle(others);
    EXPECT_EQ(digest(), first);
  }
}

}  // namespace
}  // namespace kedge::gate
