#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "tests/tasksuites/retail.h"

namespace kedge {
namespace {

using retail_testing::Bundled;
using retail_testing::Load;
using retail_testing::RunOnce;

/// The champion twice on the same tasks with different luck, over several suite seeds.
struct TwoRuns {
  double successes = 0;  ///< of both runs
  double differ = 0;
  double tasks = 0;
  std::map<std::string, double> successes_by_family;
  double impossible_passed = 0;
};

TwoRuns RunTwice() {
  TwoRuns runs;
  const strategy::Strategy champion = Bundled("champion");
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    const auto suite = Load("gate", seed);
    const auto first = RunOnce(suite, champion, 1);
    const auto second = RunOnce(suite, champion, 2);
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
  return runs;
}

TEST(RetailChampion, LacksWhatTheQuirksTeachAndIsAsNoisyAsARealAgent) {
  const TwoRuns runs = RunTwice();
  const double rate = runs.successes / (2 * runs.tasks);
  const double discordance = runs.differ / runs.tasks;
  RecordProperty("champion_rate", std::to_string(rate));
  RecordProperty("aa_discordance", std::to_string(discordance));
  std::cout << "champion rate " << rate << ", A/A discordance " << discordance << " over "
            << runs.tasks << " tasks\n";
  EXPECT_GE(rate, 0.35);
  EXPECT_LE(rate, 0.60);
  EXPECT_GE(discordance, 0.08);
  EXPECT_LE(discordance, 0.25);
  EXPECT_EQ(runs.impossible_passed, 0);
  const double of_family = 2 * runs.tasks / static_cast<double>(runs.successes_by_family.size());
  for (const auto& [family, successes] : runs.successes_by_family) {
    if (family == "impossible_request") continue;
    EXPECT_GT(successes, 0) << family;
    EXPECT_LT(successes, of_family) << family << ": nothing is left to learn or to lose";
  }
}

TEST(RetailCandidates, PassNoImpossibleTask) {
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
