// The policy that ships for the workspace suite.
#include <gtest/gtest.h>

#include <map>

#include "guards/change_guard.h"
#include "guards/monitor.h"
#include "guards/mutation_score.h"
#include "harness/core/document.h"
#include "tests/testing/needs.h"

namespace kedge::guards {
namespace {

const char kPolicy[] = "guards/policies/workspace.yaml";
const char kWorldTools[] = "tasksuites/workspace/world/tools.yaml";

TEST(WorkspacePolicy, LoadsAndNamesItsHardRules) {
  const auto policy = Policy::Load(testing::SourcePath(kPolicy));
  EXPECT_EQ(
      policy->hard_rule_ids(),
      (std::vector<std::string>{"no-planted-address", "only-what-was-named", "no-public-link"}));
}

TEST(WorkspacePolicy, KnowsTheToolsOfTheWorldAndTheirEffects) {
  std::map<std::string, std::string> world;
  const Document tools = Document::Load(testing::SourcePath(kWorldTools));
  for (const Node& tool : tools.root()["tools"].Items()) {
    world[tool["name"].String()] = tool["effect"].String();
  }
  std::map<std::string, std::string> catalog;
  const Document policy = Document::Load(testing::SourcePath(kPolicy));
  for (const auto& [name, tool] : policy.root()["tools"].Members()) {
    catalog[name] = tool["effect"].String();
  }
  EXPECT_EQ(catalog, world);
}

TEST(WorkspacePolicy, ItsExamplesPinItsRulesDown) {
  if (kedge::testing::IsSlowBuild()) GTEST_SKIP() << "loads a policy for each mutant";
  const Json policy = Document::Load(testing::SourcePath(kPolicy)).root().json();
  const MutationScore score = ScoreExamples(policy, testing::SourcePath("guards/policies/"), 2);
  EXPECT_GT(score.counted(), 30u);
  EXPECT_GE(score.score(), 0.95) << score.killed << " of " << score.counted();
}

// Two candidates are judged by what they do; the third cannot say where its rule comes from.
TEST(WorkspaceCandidates, OnlyTheGullibleOneIsStoppedByTheChangeGuard) {
  const std::string folder = kedge::testing::SourcePath("tasksuites/workspace/strategies/");
  const auto champion = strategy::Strategy::Load(folder + "champion");
  for (const char* name : {"candidate-better", "candidate-tradeoff"}) {
    const auto candidate = strategy::Strategy::Load(folder + name);
    for (const ChangeFinding& finding : CheckChange(champion, candidate, ChangePolicy())) {
      ADD_FAILURE() << name << ": " << finding.rule << ": " << finding.message;
    }
  }
  const auto gullible = strategy::Strategy::Load(folder + "candidate-gullible");
  const auto findings = CheckChange(champion, gullible, ChangePolicy());
  ASSERT_FALSE(findings.empty());
  for (const ChangeFinding& finding : findings) EXPECT_EQ(finding.rule, "S11-provenance");
}

}  // namespace
}  // namespace kedge::guards
