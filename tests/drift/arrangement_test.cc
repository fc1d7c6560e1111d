#include "harness/drift/arrangement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "harness/core/error.h"
#include "tests/drift/drift_testing.h"

namespace kedge::drift {
namespace {

using testing::RunOf;

double Sum(const std::vector<double>& weights, bool candidate) {
  double sum = 0;
  for (const double w : weights) sum += (w > 0) == candidate ? std::fabs(w) : 0;
  return sum;
}

TEST(ArrangementTest, TasksWeighTheSameWhateverTheirRuns) {
  const std::vector<Behaviour> champion = {RunOf("a", {"x"}, 0), RunOf("a", {"x"}, 1),
                                           RunOf("b", {"x"}, 0)};
  const std::vector<Behaviour> candidate = {RunOf("a", {"x"}, 0), RunOf("b", {"x"}, 0),
                                            RunOf("b", {"x"}, 1)};
  const Arrangement a = Arrangement::Paired(champion, candidate);
  EXPECT_THAT(a.Observed(), ::testing::ElementsAre(-0.25, -0.25, -0.5, 0.5, 0.25, 0.25));
  Random random(3);
  std::vector<double> weights = a.Observed();
  for (int i = 0; i < 50; ++i) {
    a.Shuffle(random, weights);
    EXPECT_NEAR(Sum(weights, false), 1, 1e-12);
    EXPECT_NEAR(Sum(weights, true), 1, 1e-12);
  }
}

TEST(ArrangementTest, TwoRunsOfEachArmHaveSixSplitsAllAsLikely) {
  const std::vector<Behaviour> champion = {RunOf("a", {"x"}, 0), RunOf("a", {"x"}, 1)};
  const std::vector<Behaviour> candidate = {RunOf("a", {"x"}, 0), RunOf("a", {"x"}, 1)};
  const Arrangement a = Arrangement::Paired(champion, candidate);
  Random random(5);
  std::map<std::vector<double>, int> seen;
  std::vector<double> weights = a.Observed();
  for (int i = 0; i < 6000; ++i) {
    a.Shuffle(random, weights);
    ++seen[weights];
  }
  EXPECT_EQ(seen.size(), 6U);
  for (const auto& [labelling, count] : seen) EXPECT_NEAR(count, 1000, 120);
}

TEST(ArrangementTest, TheTasksOfAClusterMoveTogether) {
  std::vector<Behaviour> champion = {RunOf("a", {"x"}), RunOf("b", {"x"}), RunOf("c", {"x"})};
  std::vector<Behaviour> candidate = champion;
  for (auto* arm : {&champion, &candidate}) {
    (*arm)[0].cluster = (*arm)[1].cluster = "ab";
  }
  const Arrangement a = Arrangement::Paired(champion, candidate);
  EXPECT_EQ(a.tasks(), 3);
  EXPECT_EQ(a.units(), 2);
  ASSERT_EQ(a.enumerable(), 4U);
  std::set<std::vector<double>> seen;
  std::vector<double> weights = a.Observed();
  for (std::uint64_t i = 0; i < 4; ++i) {
    a.Enumerate(i, weights);
    EXPECT_EQ(weights[0] < 0, weights[1] < 0);
    seen.insert(weights);
  }
  EXPECT_EQ(seen.size(), 4U);
  a.Enumerate(0, weights);
  EXPECT_EQ(weights, a.Observed());
}

TEST(ArrangementTest, RunsWithoutPartnerWeighNothing) {
  const std::vector<Behaviour> champion = {RunOf("a", {"x"}), RunOf("b", {"x"})};
  const std::vector<Behaviour> candidate = {RunOf("a", {"x"}), RunOf("c", {"x"})};
  const Arrangement a = Arrangement::Paired(champion, candidate);
  EXPECT_EQ(a.left_out(), 2);
  EXPECT_THAT(a.Observed(), ::testing::ElementsAre(-1, 0, 1, 0));
  EXPECT_DOUBLE_EQ(CommonTaskShare(champion, candidate), 0.5);
  EXPECT_THROW(Arrangement::Paired(champion, std::vector{RunOf("z", {"x"})}), Error);
}

TEST(ArrangementTest, UnpairedExchangesWholeTasksBetweenTheArchives) {
  const std::vector<Behaviour> champion = {RunOf("a", {"x"}, 0), RunOf("a", {"x"}, 1),
                                           RunOf("b", {"x"}, 0)};
  const std::vector<Behaviour> candidate = {RunOf("c", {"x"}, 0)};
  const Arrangement a = Arrangement::Unpaired(champion, candidate);
  EXPECT_EQ(a.units(), 3);
  EXPECT_FALSE(a.enumerable());
  Random random(7);
  std::vector<double> weights = a.Observed();
  for (int i = 0; i < 30; ++i) {
    a.Shuffle(random, weights);
    EXPECT_EQ(weights[0] < 0, weights[1] < 0);
    EXPECT_NEAR(Sum(weights, false), 1, 1e-12);
    EXPECT_NEAR(Sum(weights, true), 1, 1e-12);
  }
  EXPECT_THROW(Arrangement::Unpaired(champion, {}), Error);
}

}  // namespace
}  // namespace kedge::drift
