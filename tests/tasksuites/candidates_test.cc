#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>

#include "tests/tasksuites/retail.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using retail_testing::Bundled;
using retail_testing::Load;
using retail_testing::RetailPath;
using retail_testing::RunOnce;

// The script runs the program: dev traces, learner and operations as anyone would run them.
TEST(RetailCandidates, AreWhatTheScriptMakes) {
  const testing::TempFolder folder;
  const char* build = std::getenv("KEDGE_BUILD_DIR");
  ASSERT_NE(build, nullptr) << "set by ctest";
  const std::string command = "KEDGE='" + std::string(build) + "/kedge' '" +
                              RetailPath("make_candidates") + "' '" + folder.path() + "' >'" +
                              folder.File("log") + "' 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0) << testing::ReadWholeFile(folder.File("log"));
  const std::string champion = Bundled("champion").hash();
  for (const char* name :
       {"champion-exploring", "candidate-reordered", "candidate-better", "candidate-tradeoff"}) {
    const strategy::Strategy made = strategy::Strategy::Load(folder.File(name));
    const strategy::Strategy bundled = Bundled(name);
    EXPECT_EQ(made.hash(), bundled.hash()) << name << ": run make_candidates and commit";
    EXPECT_EQ(made.name(), bundled.name());
    EXPECT_EQ(made.provenance(), bundled.provenance()) << name;
    EXPECT_EQ(bundled.parents(), std::vector<std::string>{champion}) << name;
  }
}

TEST(RetailCandidates, ChangeOnlyWhatTheySay) {
  const strategy::Strategy champion = Bundled("champion");
  for (const strategy::Change& change : strategy::Diff(champion, Bundled("champion-exploring"))) {
    EXPECT_EQ(change.kind, "set_param") << change.what;
  }
  const auto reordered = strategy::Diff(champion, Bundled("candidate-reordered"));
  ASSERT_EQ(reordered.size(), 1u);
  EXPECT_EQ(reordered[0].kind, "reorder");
  for (const char* name : {"candidate-better", "candidate-tradeoff"}) {
    for (const strategy::Change& change : strategy::Diff(champion, Bundled(name))) {
      EXPECT_EQ(change.kind, "add") << name << " " << change.what;
    }
  }
}

TEST(RetailCandidates, LearnedRulesRestOnDevFamiliesAlone) {
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
    EXPECT_GE(learned, 2) << name;
  }
}

std::vector<trace::Step> WithoutTimes(const trace::Trace& trace) {
  std::vector<trace::Step> steps = trace.steps;
  for (trace::Step& step : steps) step.unix_nanos = 0;
  return steps;
}

TEST(RetailCandidates, AnotherOrderOfTheRulesChangesNothing) {
  const auto suite = Load("gate");
  const auto champion = RunOnce(suite, Bundled("champion"), 5);
  const auto reordered = RunOnce(suite, Bundled("candidate-reordered"), 5);
  for (std::size_t i = 0; i < champion.size(); ++i) {
    EXPECT_EQ(WithoutTimes(champion[i]), WithoutTimes(reordered[i])) << champion[i].id;
    EXPECT_EQ(champion[i].outcome->success, reordered[i].outcome->success) << champion[i].id;
  }
}

// What makes one of them a trade and not a gain.
TEST(RetailCandidates, TheTradeGainsInTwoFamiliesAndLosesInOneOfAnotherStratum) {
  std::map<std::string, double> gain, tasks;
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto suite = Load("gate", seed);
    const auto champion = RunOnce(suite, Bundled("champion"), 1);
    const auto candidate = RunOnce(suite, Bundled("candidate-tradeoff"), 1);
    for (std::size_t i = 0; i < champion.size(); ++i) {
      gain[champion[i].key.family] += (candidate[i].outcome->success ? 1 : 0);
      gain[champion[i].key.family] -= (champion[i].outcome->success ? 1 : 0);
      tasks[champion[i].key.family] += 1;
    }
  }
  for (auto& [family, sum] : gain) sum /= tasks[family];
  EXPECT_GE(gain["cancel_pending"], 0.25);
  EXPECT_GE(gain["change_address"], 0.25);
  EXPECT_LE(gain["exchange_item"], -0.60);  // a fifth of its stratum
  for (const char* family : {"price_question", "stock_question", "identity_check"}) {
    EXPECT_NEAR(gain[family], 0, 0.05) << family;
  }
}

}  // namespace
}  // namespace kedge
