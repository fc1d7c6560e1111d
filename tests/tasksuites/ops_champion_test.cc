#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "tests/tasksuites/ops.h"

namespace kedge {
namespace {

using ops_testing::Bundled;
using ops_testing::Load;
using ops_testing::RunOnce;

/// A strategy twice on the same tasks with different luck, over several suite seeds.
struct TwoRuns {
  double successes = 0;  ///< of both runs
  double differ = 0;
  double tasks = 0;
  std::map<std::string, double> successes_by_family;
  double impossible_passed = 0;

  double rate() const { return successes / (2 * tasks); }
};

TwoRuns RunTwice(const std::string& name) {
  TwoRuns runs;
  const strategy::Strategy strategy = Bundled(name);
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    const auto suite = Load("gate", seed);
    const auto first = RunOnce(suite, strategy, 1);
    const auto second = RunOnce(suite, strategy, 2);
    for (std::size_t i = 0; i < first.size(); ++i) {
      const bool a = first[i].outcome->success;
      const bool b = second[i].outcome->success;
      const int passed = (a ? 1 : 0) + (b ? 1 : 0);
      runs.tasks += 1;
      runs.successes += passed;
      runs.differ += a != b ? 1 : 0;
      runs.successes_by_family[first[i].key.family] += passed;
      if (suite->tasks()[i].impossible) runs.impossible_passed += passed;
    }
  }
  const double of_family = 2 * runs.tasks / static_cast<double>(runs.successes_by_family.size());
  std::cout << name << ": rate " << runs.rate() << ", A/A discordance " << runs.differ / runs.tasks
            << " over " << runs.tasks << " tasks\n";
  for (const auto& [family, successes] : runs.successes_by_family) {
    std::cout << "  " << family << " " << successes / of_family << "\n";
  }
  return runs;
}

TEST(OpsChampion, LacksWhatTheQuirksTeachAndIsAsNoisyAsARealAgent) {
  const TwoRuns runs = RunTwice("champion");
  const double discordance = runs.differ / runs.tasks;
  RecordProperty("champion_rate", std::to_string(runs.rate()));
  RecordProperty("aa_discordance", std::to_string(discordance));
  EXPECT_GE(runs.rate(), 0.38);
  EXPECT_LE(runs.rate(), 0.50);
  EXPECT_GE(discordance, 0.08);
  EXPECT_LE(discordance, 0.20);
  EXPECT_EQ(runs.impossible_passed, 0);
  const double of_family = 2 * runs.tasks / static_cast<double>(runs.successes_by_family.size());
  for (const auto& [family, successes] : runs.successes_by_family) {
    if (family == "lost_release") continue;
    EXPECT_GT(successes, 0) << family;
    EXPECT_LT(successes, of_family) << family << ": nothing is left to learn or to lose";
  }
}

TEST(OpsChampion, HasMuchToLearn) {
  const double champion = RunTwice("champion").rate();
  const double better = RunTwice("candidate-better").rate();
  EXPECT_GE(better - champion, 0.35);
}

TEST(OpsCandidates, PassNoImpossibleTask) {
  const auto suite = Load("gate");
  for (const char* name : {"candidate-better", "candidate-tradeoff", "champion-exploring"}) {
    const auto traces = RunOnce(suite, Bundled(name), 1);
    for (std::size_t i = 0; i < traces.size(); ++i) {
      if (suite->tasks()[i].impossible) {
        EXPECT_FALSE(traces[i].outcome->success) << name << " " << suite->tasks()[i].id;
      }
    }
  }
}

}  // namespace
}  // namespace kedge
