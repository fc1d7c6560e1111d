#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>

#include "tests/tasksuites/ops.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using ops_testing::Bundled;
using ops_testing::Load;
using ops_testing::OpsPath;
using ops_testing::RunOnce;

// The script runs the program: dev traces, learner and operations as anyone would run them.
TEST(OpsCandidates, AreWhatTheScriptMakes) {
  const testing::TempFolder folder;
  const char* build = std::getenv("KEDGE_BUILD_DIR");
  ASSERT_NE(build, nullptr) << "set by ctest";
  const std::string command = "KEDGE='" + std::string(build) + "/kedge' '" +
                              OpsPath("make_candidates") + "' '" + folder.path() + "' >'" +
                              folder.File("log") + "' 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0) << testing::ReadWholeFile(folder.File("log"));
  const std::string champion = Bundled("champion").hash();
  for (const char* name : {"champion-exploring", "candidate-better", "candidate-tradeoff"}) {
    const strategy::Strategy made = strategy::Strategy::Load(folder.File(name));
    const strategy::Strategy bundled = Bundled(name);
    EXPECT_EQ(made.hash(), bundled.hash()) << name << ": run make_candidates and commit";
    EXPECT_EQ(made.name(), bundled.name());
    EXPECT_EQ(made.provenance(), bundled.provenance()) << name;
    EXPECT_EQ(bundled.parents(), std::vector<std::string>{champion}) << name;
  }
}

TEST(OpsCandidates, LearnedRulesRestOnDevFamiliesAlone) {
  std::set<std::string> dev;
  const auto suite = Load("dev");
  for (const suite::Task& task : suite->tasks()) dev.insert(task.family);
  for (const char* name : {"candidate-better", "candidate-tradeoff"}) {
    std::int64_t learned = 0;
    const strategy::Strategy candidate = Bundled(name);
    for (const strategy::Guideline& guideline : candidate.guidelines()) {
      learned += guideline.sources.empty() ? 0 : 1;
      for (const strategy::GuidelineSource& source : guideline.sources) {
        EXPECT_TRUE(dev.count(source.family) == 1) << name << " " << guideline.id;
      }
    }
    EXPECT_GE(learned, 1) << name;
  }
}

// What makes one of them a trade and not a gain.
TEST(OpsCandidates, TheTradeGainsInTwoFamiliesAndLosesInOneOfAnotherStratum) {
  std::map<std::string, double> gain, tasks;
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto suite = Load("gate", seed);
    const auto champion = RunOnce(suite, Bundled("champion"), 1);
    const auto candidate = RunOnce(suite, Bundled("candidate-tradeoff"), 1);
    for (std::size_t i = 0; i < champion.size(); ++i) {
      const double before = champion[i].outcome->success ? 1 : 0;
      gain[champion[i].key.family] += (candidate[i].outcome->success ? 1 : 0) - before;
      tasks[champion[i].key.family] += 1;
    }
  }
  for (auto& [family, sum] : gain) sum /= tasks[family];
  EXPECT_GE(gain["tune_setting"], 0.25);
  EXPECT_GE(gain["restart_gently"], 0.25);
  EXPECT_LE(gain["scale_out"], -0.45);  // a third of its stratum
  for (const char* family : {"page_someone", "flip_flag", "setting_question"}) {
    EXPECT_NEAR(gain[family], 0, 0.05) << family;
  }
}

}  // namespace
}  // namespace kedge
