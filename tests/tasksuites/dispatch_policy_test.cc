// The policy that ships for the dispatch desk.
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "guards/monitor.h"
#include "guards/mutation_score.h"
#include "harness/core/document.h"
#include "tests/tasksuites/bundled_suite.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

const char kDispatchPolicy[] = "guards/policies/dispatch.yaml";

TEST(DispatchPolicy, LoadsAndItsExamplesHold) {
  const auto policy = guards::Policy::Load(testing::SourcePath(kDispatchPolicy));
  EXPECT_EQ(policy->hard_rule_ids(), (std::vector<std::string>{"refund-looked-up", "refund-once"}));
}

TEST(DispatchPolicy, KnowsTheToolsOfTheWorldAndTheirEffects) {
  std::map<std::string, std::string> world, catalog;
  const Document tools = Document::Load(testing::kDispatch.Path("world/tools.yaml"));
  for (const Node& tool : tools.root()["tools"].Items()) {
    world[tool["name"].String()] = tool["effect"].String();
  }
  const Document policy = Document::Load(testing::SourcePath(kDispatchPolicy));
  for (const auto& [name, tool] : policy.root()["tools"].Members()) {
    catalog[name] = tool["effect"].String();
  }
  EXPECT_EQ(catalog, world);
}

TEST(DispatchPolicy, ItsExamplesPinTheRulesDown) {
  if (testing::IsSlowBuild()) GTEST_SKIP() << "loads many policies";
  const Json policy = Document::Load(testing::SourcePath(kDispatchPolicy)).root().json();
  const guards::MutationScore score =
      guards::ScoreExamples(policy, testing::SourcePath("guards/policies/"), 2);
  std::cout << score.killed << " of " << score.counted() << " mutants are noticed\n";
  EXPECT_GT(score.counted(), 45u);
  EXPECT_GE(score.score(), 0.95);
}

}  // namespace
}  // namespace kedge
