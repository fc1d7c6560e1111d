// The policy that ships for the operations desk.
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "guards/change_guard.h"
#include "guards/monitor.h"
#include "guards/mutation_score.h"
#include "harness/core/document.h"
#include "tests/tasksuites/bundled_suite.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using testing::kOps;

std::string PolicyFile() { return testing::SourcePath("guards/policies/ops.yaml"); }

TEST(OpsPolicy, LoadsAndItsExamplesHold) {
  const auto policy = guards::Policy::Load(PolicyFile());
  EXPECT_EQ(policy->hard_rule_ids(),
            (std::vector<std::string>{"never-force", "one-backup", "rolling-restart"}));
}

TEST(OpsPolicy, KnowsTheToolsOfTheWorldAndTheirEffects) {
  std::map<std::string, std::string> world, catalog;
  const Document tools = Document::Load(kOps.Path("world/tools.yaml"));
  for (const Node& tool : tools.root()["tools"].Items()) {
    world[tool["name"].String()] = tool["effect"].String();
  }
  const Document policy = Document::Load(PolicyFile());
  for (const auto& [name, tool] : policy.root()["tools"].Members()) {
    catalog[name] = tool["effect"].String();
  }
  EXPECT_EQ(catalog, world);
}

TEST(OpsPolicy, ItsExamplesPinTheRulesDown) {
  if (testing::IsSlowBuild()) GTEST_SKIP() << "loads a hundred policies";
  const Json policy = Document::Load(PolicyFile()).root().json();
  const guards::MutationScore score =
      guards::ScoreExamples(policy, testing::SourcePath("guards/policies/"), 2);
  std::cout << score.killed << " of " << score.counted() << " mutants are noticed\n";
  EXPECT_GT(score.counted(), 70u);
  EXPECT_GE(score.score(), 0.95);
}

// The candidates that ship with the suite are judged by what they do; the change itself is fair.
TEST(OpsCandidates, PassTheChangeGuard) {
  const auto champion = kOps.Strategy("champion");
  for (const char* name : {"candidate-better", "candidate-tradeoff"}) {
    const auto candidate = kOps.Strategy(name);
    EXPECT_NE(candidate.hash(), champion.hash()) << name;
    for (const guards::ChangeFinding& finding :
         guards::CheckChange(champion, candidate, guards::ChangePolicy())) {
      ADD_FAILURE() << name << ": " << finding.rule << ": " << finding.message;
    }
  }
}

}  // namespace
}  // namespace kedge
