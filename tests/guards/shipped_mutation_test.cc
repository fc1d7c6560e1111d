// Whether the examples of the shipped policies notice when a rule is changed.
#include <gtest/gtest.h>

#include <iostream>

#include "guards/mutation_score.h"
#include "harness/core/document.h"
#include "tests/testing/needs.h"

namespace kedge::guards {
namespace {

TEST(ShippedPolicies, ExamplesPinTheRulesDown) {
  if (kedge::testing::IsSlowBuild()) GTEST_SKIP() << "loads a thousand policies";
  const std::string folder = kedge::testing::SourcePath("guards/policies/");
  std::size_t killed = 0, counted = 0;
  for (const std::string name :
       {"agentdojo/slack", "agentdojo/workspace", "airline", "booking", "budgets", "code", "egress",
        "knowledge", "mail", "mcp", "money", "session", "store"}) {
    const Json policy = Document::Load(folder + name + ".yaml").root().json();
    const MutationScore score = ScoreExamples(policy, folder, 2);
    std::cout << name << ": " << score.killed << " of " << score.counted() << "\n";
    EXPECT_GE(score.score(), 0.95) << name;
    killed += score.killed;
    counted += score.counted();
  }
  std::cout << "all: " << killed << " of " << counted << "\n";
}

}  // namespace
}  // namespace kedge::guards
