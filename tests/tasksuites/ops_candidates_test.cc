#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/tasksuites/bundled_suite.h"
#include "tests/tasksuites/suite_promises.h"

namespace kedge {
namespace {

using testing::kOps;

TEST(OpsCandidates, AreWhatTheScriptMakes) {
  testing::ExpectMadeByTheScript(kOps,
                                 {"champion-exploring", "candidate-better", "candidate-tradeoff"});
}

TEST(OpsCandidates, LearnedRulesRestOnDevFamiliesAlone) {
  testing::ExpectLearnedOnDevFamiliesAlone(kOps, {"candidate-better", "candidate-tradeoff"}, 1);
}

// What makes one of them a trade and not a gain.
TEST(OpsCandidates, TheTradeGainsInTwoFamiliesAndLosesInOneOfAnotherStratum) {
  std::map<std::string, double> gain, tasks;
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto suite = kOps.Load("gate", seed);
    const auto champion = kOps.RunOnce(suite, kOps.Strategy("champion"), 1);
    const auto candidate = kOps.RunOnce(suite, kOps.Strategy("candidate-tradeoff"), 1);
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
