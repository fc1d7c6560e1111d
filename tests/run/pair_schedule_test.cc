#include <gtest/gtest.h>

#include <map>
#include <set>
#include <thread>

#include "harness/run/paired_run.h"
#include "tests/run/fixture.h"
#include "tests/testing/needs.h"

namespace kedge::run {
namespace {

class PairScheduleTest : public ::testing::Test {
 protected:
  std::vector<std::size_t> Pass(const PairSchedule& schedule, std::size_t stratum, int pass) {
    std::vector<std::size_t> order;
    const std::int64_t count = schedule.tasks_in(stratum);
    for (std::int64_t i = 0; i < count; ++i) {
      order.push_back(schedule.At(stratum, pass * count + i).task_index);
    }
    return order;
  }

  testing::TempFolder folder_;
  std::shared_ptr<const suite::Suite> suite_ = FixtureSuite(folder_.path(), 10);
};

TEST_F(PairScheduleTest, EveryPassVisitsEveryTaskOfTheStratumOnce) {
  const PairSchedule schedule(suite_, "candidate", 7);
  ASSERT_EQ(schedule.tasks_in(0), 20);
  ASSERT_EQ(schedule.tasks_in(1), 10);
  for (std::size_t stratum : {0u, 1u}) {
    for (int pass = 0; pass < 6; ++pass) {
      const std::vector<std::size_t> order = Pass(schedule, stratum, pass);
      EXPECT_EQ(std::set<std::size_t>(order.begin(), order.end()).size(), order.size());
      for (const std::size_t task : order) {
        EXPECT_EQ(suite_->tasks()[task].stratum, suite_->strata()[stratum].name);
      }
    }
  }
}

TEST_F(PairScheduleTest, PassesAreTrialsInFreshOrders) {
  const PairSchedule schedule(suite_, "candidate", 7);
  EXPECT_EQ(schedule.At(0, 19).trial, 0);
  EXPECT_EQ(schedule.At(0, 20).trial, 1);
  EXPECT_NE(Pass(schedule, 0, 0), Pass(schedule, 0, 1));
}

TEST_F(PairScheduleTest, IsAFunctionOfSuiteCandidateAndSeed) {
  const auto order = [&](const std::string& candidate, std::uint64_t seed) {
    return Pass(PairSchedule(suite_, candidate, seed), 0, 0);
  };
  EXPECT_EQ(order("candidate", 7), order("candidate", 7));
  EXPECT_NE(order("candidate", 7), order("other", 7));
  EXPECT_NE(order("candidate", 7), order("candidate", 8));
  testing::TempFolder folder;
  const auto larger = FixtureSuite(folder.path(), 11);
  EXPECT_NE(Pass(PairSchedule(larger, "candidate", 7), 0, 0), order("candidate", 7));
}

TEST_F(PairScheduleTest, OldPassesCanBeAskedForAgain) {
  const PairSchedule schedule(suite_, "candidate", 7);
  const std::vector<std::size_t> first = Pass(schedule, 0, 0);
  for (int pass = 1; pass < 30; ++pass) Pass(schedule, 0, pass);
  EXPECT_EQ(Pass(schedule, 0, 0), first);
}

TEST_F(PairScheduleTest, SeedsDependOnTaskTrialAndRunOnly) {
  const PairSchedule one(suite_, "candidate", 7);
  const PairSchedule other_candidate(suite_, "other", 7);
  std::map<std::pair<std::size_t, std::int64_t>, std::uint64_t> seeds;
  std::set<std::uint64_t> distinct;
  for (int i = 0; i < 60; ++i) {
    const EpisodeSpec spec = one.At(0, i);
    seeds[{spec.task_index, spec.trial}] = spec.seed;
    distinct.insert(spec.seed);
  }
  EXPECT_EQ(distinct.size(), 60u);
  for (int i = 0; i < 60; ++i) {
    const EpisodeSpec spec = other_candidate.At(0, i);
    EXPECT_EQ(spec.seed, (seeds[{spec.task_index, spec.trial}]));
  }
  EXPECT_NE(PairSchedule(suite_, "candidate", 8).At(0, 0).seed,
            EpisodeSeed(*suite_, PairSchedule(suite_, "candidate", 8).At(0, 0).task_index, 0, 7));
}

// A permutation by chance puts each task at each place equally often; chi-squared with 9 degrees of
// freedom stays below 33.7 with probability 0.9999 (scipy.stats.chi2.ppf).
TEST_F(PairScheduleTest, PlacesAreUniform) {
  std::map<std::size_t, std::vector<int>> counts;
  const int runs = 2'000;
  for (int seed = 0; seed < runs; ++seed) {
    const std::vector<std::size_t> order = Pass(PairSchedule(suite_, "candidate", seed), 1, 0);
    for (std::size_t place = 0; place < order.size(); ++place) {
      counts[order[place]].resize(10);
      ++counts[order[place]][place];
    }
  }
  for (const auto& [task, places] : counts) {
    double chi2 = 0;
    for (const int count : places) {
      chi2 += (count - runs / 10.0) * (count - runs / 10.0) / (runs / 10.0);
    }
    EXPECT_LT(chi2, 33.7) << task;
  }
}

TEST_F(PairScheduleTest, ThreadsSeeTheSame) {
  const PairSchedule schedule(suite_, "candidate", 7);
  std::vector<std::vector<std::size_t>> orders(4);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < orders.size(); ++t) {
      threads.emplace_back([&, t] {
        for (int pass = 0; pass < 20; ++pass) {
          for (const std::size_t task : Pass(schedule, 0, pass)) orders[t].push_back(task);
        }
      });
    }
  }
  for (const auto& order : orders) EXPECT_EQ(order, orders[0]);
}

}  // namespace
}  // namespace kedge::run
