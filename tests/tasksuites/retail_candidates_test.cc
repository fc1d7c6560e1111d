#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/tasksuites/bundled_suite.h"
#include "tests/tasksuites/suite_promises.h"

namespace kedge {
namespace {

using testing::kRetail;

TEST(RetailCandidates, AreWhatTheScriptMakes) {
  testing::ExpectMadeByTheScript(kRetail, {"champion-exploring", "candidate-reordered",
                                           "candidate-better", "candidate-tradeoff"});
}

TEST(RetailCandidates, ChangeOnlyWhatTheySay) {
  const strategy::Strategy champion = kRetail.Strategy("champion");
  for (const strategy::Change& change :
       strategy::Diff(champion, kRetail.Strategy("champion-exploring"))) {
    EXPECT_EQ(change.kind, "set_param") << change.what;
  }
  const auto reordered = strategy::Diff(champion, kRetail.Strategy("candidate-reordered"));
  ASSERT_EQ(reordered.size(), 1u);
  EXPECT_EQ(reordered[0].kind, "reorder");
  for (const char* name : {"candidate-better", "candidate-tradeoff"}) {
    for (const strategy::Change& change : strategy::Diff(champion, kRetail.Strategy(name))) {
      EXPECT_EQ(change.kind, "add") << name << " " << change.what;
    }
  }
}

TEST(RetailCandidates, LearnedRulesRestOnDevFamiliesAlone) {
  testing::ExpectLearnedOnDevFamiliesAlone(kRetail, {"candidate-better", "candidate-tradeoff"}, 2);
}

std::vector<trace::Step> WithoutTimes(const trace::Trace& trace) {
  std::vector<trace::Step> steps = trace.steps;
  for (trace::Step& step : steps) step.unix_nanos = 0;
  return steps;
}

TEST(RetailCandidates, AnotherOrderOfTheRulesChangesNothing) {
  const auto suite = kRetail.Load("gate");
  const auto champion = kRetail.RunOnce(suite, kRetail.Strategy("champion"), 5);
  const auto reordered = kRetail.RunOnce(suite, kRetail.Strategy("candidate-reordered"), 5);
  for (std::size_t i = 0; i < champion.size(); ++i) {
    EXPECT_EQ(WithoutTimes(champion[i]), WithoutTimes(reordered[i])) << champion[i].id;
    EXPECT_EQ(champion[i].outcome->success, reordered[i].outcome->success) << champion[i].id;
  }
}

// What makes one of them a trade and not a gain.
TEST(RetailCandidates, TheTradeGainsInTwoFamiliesAndLosesInOneOfAnotherStratum) {
  std::map<std::string, double> gain, tasks;
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto suite = kRetail.Load("gate", seed);
    const auto champion = kRetail.RunOnce(suite, kRetail.Strategy("champion"), 1);
    const auto candidate = kRetail.RunOnce(suite, kRetail.Strategy("candidate-tradeoff"), 1);
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
