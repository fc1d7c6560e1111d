#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/strategy/rule.h"
#include "tests/tasksuites/bundled_suite.h"
#include "tests/tasksuites/suite_promises.h"

namespace kedge {
namespace {

using testing::kDispatch;

TEST(DispatchCandidates, AreWhatTheScriptMakes) {
  testing::ExpectMadeByTheScript(kDispatch, {"champion-exploring", "candidate-better"});
}

TEST(DispatchCandidates, LearnedRulesRestOnDevFamiliesAlone) {
  testing::ExpectLearnedOnDevFamiliesAlone(kDispatch, {"candidate-better"}, 7);
}

// One rule for each quirk, of the kind that can say it.
TEST(DispatchCandidates, EveryQuirkIsLearnedAsItsKindOfRule) {
  using strategy::RuleAction;
  std::multiset<RuleAction> actions;
  const strategy::Strategy better = kDispatch.Strategy("candidate-better");
  for (const strategy::Guideline& guideline : better.guidelines()) {
    if (guideline.sources.empty()) continue;  // laid down by a person
    const strategy::Rule rule = strategy::ParseRule(guideline);
    actions.insert(rule.action);
    const bool by_case = rule.action == RuleAction::kCallFirst || rule.action == RuleAction::kStop;
    EXPECT_EQ(rule.seen.empty(), !by_case) << guideline.id;
  }
  EXPECT_EQ(actions,
            (std::multiset<RuleAction>{RuleAction::kCallFirst, RuleAction::kCallFirst,
                                       RuleAction::kCallFirst, RuleAction::kPrefer,
                                       RuleAction::kStop, RuleAction::kSet, RuleAction::kInstead}));
}

// What was learned is worth what rules written by hand are worth.
TEST(DispatchCandidates, TheBetterOneSolvesNearlyAllThatCanBeSolved) {
  const auto suite = kDispatch.Load("gate", 1);
  double solved = 0, solvable = 0;
  for (const trace::Trace& run :
       kDispatch.RunOnce(suite, kDispatch.Strategy("candidate-better"), 1)) {
    if (run.key.family == "release_lost") continue;
    solvable += 1;
    solved += run.outcome->success ? 1 : 0;
  }
  EXPECT_GE(solved / solvable, 0.9);
}

}  // namespace
}  // namespace kedge
