// The policy that ships for the retail suite.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "guards/change_guard.h"
#include "guards/monitor.h"
#include "harness/core/document.h"
#include "tests/testing/needs.h"

namespace kedge::guards {
namespace {

const char kPolicy[] = "guards/policies/retail.yaml";
const char kWorldTools[] = "tasksuites/retail/world/tools.yaml";

Event Call(const std::string& tool, Json arguments) {
  Event event;
  event.tool = tool;
  event.arguments = std::move(arguments);
  return event;
}

Event Result(const std::string& tool, Json arguments) {
  Event event = Call(tool, std::move(arguments));
  event.type = EventType::kToolResult;
  return event;
}

TEST(RetailPolicy, LoadsAndItsExamplesHold) {
  const auto policy = Policy::Load(testing::SourcePath(kPolicy));
  EXPECT_EQ(policy->hard_rule_ids(),
            (std::vector<std::string>{"paid-back-once", "nothing-after-refund"}));
  EXPECT_EQ(policy->digest().size(), 64U);
}

TEST(RetailPolicy, KnowsTheToolsOfTheWorldAndTheirEffects) {
  if (!std::filesystem::exists(testing::SourcePath(kWorldTools))) GTEST_SKIP() << "no such world";
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

TEST(RetailPolicy, RefusesToPayBackTwice) {
  Monitor monitor(Policy::Load(testing::SourcePath(kPolicy)));
  const Json arguments = {{"order_id", "W000007"}, {"reason", "late"}};
  EXPECT_EQ(monitor.Observe(Call("refund_order", arguments)).verdict, Verdict::kAllow);
  EXPECT_EQ(monitor.Observe(Result("refund_order", arguments)).verdict, Verdict::kAllow);
  const Decision again = monitor.Observe(Call("refund_order", arguments));
  EXPECT_EQ(again.verdict, Verdict::kDeny);
  ASSERT_GE(again.findings.size(), 1U);
  EXPECT_EQ(again.findings[0].rule, "paid-back-once");
}

// The candidates that ship with the suite are judged by what they do; the change itself is fair.
TEST(RetailCandidates, PassTheChangeGuard) {
  const std::string folder = kedge::testing::SourcePath("tasksuites/retail/strategies/");
  const auto champion = strategy::Strategy::Load(folder + "champion");
  for (const char* name : {"candidate-better", "candidate-tradeoff", "candidate-reordered"}) {
    const auto candidate = strategy::Strategy::Load(folder + name);
    EXPECT_NE(candidate.hash(), champion.hash()) << name;
    for (const ChangeFinding& finding : CheckChange(champion, candidate, ChangePolicy())) {
      ADD_FAILURE() << name << ": " << finding.rule << ": " << finding.message;
    }
  }
}

}  // namespace
}  // namespace kedge::guards
