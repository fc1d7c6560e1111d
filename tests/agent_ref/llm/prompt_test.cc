#include "agent_ref/llm/prompt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kedge::agent_ref {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Json Record(const std::string& id, const std::string& status, int support) {
  Json record = {{"id", id},
                 {"status", status},
                 {"text", "Text of " + id + "."},
                 {"support", support},
                 {"sources", {{{"trace", "t"}, {"outcome", "success"}}}}};
  if (status == "active") {
    record["when"] = {{"tool", "open_door"}};
    record["then"] = {{"call_first", "show_badge"}};
  }
  return record;
}

strategy::Strategy WithGuidelines(Json retrieval) {
  const Json list = {Record("one", "active", 5), Record("two", "quarantined", 5),
                     Record("three", "retired", 5), Record("four", "active", 1),
                     Record("five", "active", 9)};
  const Json sections = {{{"name", "role"}, {"text", "You keep the doors."}, {"frozen", true}}};
  return strategy::Strategy::FromLayers("s", {},
                                        {{"instructions", {{"sections", sections}}},
                                         {"guidelines", {{"guidelines", list}}},
                                         {"tool_policy", {{"retry", {{"unavailable", 3}}}}},
                                         {"retrieval", std::move(retrieval)}});
}

TEST(StrategyPromptTest, HoldsWhatIsInForceAndNothingElse) {
  const StrategyPrompt prompt = PromptSource(WithGuidelines(Json::object())).At({});
  EXPECT_THAT(prompt.guidelines, ElementsAre("one", "four", "five"));
  EXPECT_THAT(prompt.text, HasSubstr("You keep the doors."));
  EXPECT_THAT(prompt.text, HasSubstr("- Text of one.\n- Text of four.\n- Text of five.\n"));
  EXPECT_THAT(prompt.text, HasSubstr("{\"retry\":{\"unavailable\":3}}"));
  EXPECT_THAT(prompt.text, Not(HasSubstr("Text of two")));
  EXPECT_THAT(prompt.text, Not(HasSubstr("Text of three")));
}

TEST(StrategyPromptTest, KeepsTheBoundsOfRetrieval) {
  EXPECT_THAT(PromptSource(WithGuidelines({{"k", 1}})).At({}).guidelines, ElementsAre("five"))
      << "the best supported of equally close ones";
  EXPECT_THAT(PromptSource(WithGuidelines({{"min_support", 5}})).At({}).guidelines,
              ElementsAre("one", "five"));
  // A line has 15 or 16 bytes: five tokens hold one of them.
  EXPECT_THAT(PromptSource(WithGuidelines({{"token_budget", 5}})).At({}).guidelines,
              ElementsAre("five"));
  EXPECT_THAT(PromptSource(WithGuidelines({{"token_budget", 0}})).At({}).text,
              Not(HasSubstr("Guidelines")));
}

TEST(ToolFunctionsTest, AddsTheQuestionToTheUserUnlessTheWorldHasOne) {
  world::ToolSpec tool;
  tool.name = "look";
  const auto functions = ToolFunctions({tool});
  ASSERT_EQ(functions.size(), 2U);
  EXPECT_EQ(functions[0].parameters["type"], "object");
  EXPECT_EQ(functions[1].name, kAskUserTool);
  tool.name = kAskUserTool;
  EXPECT_EQ(ToolFunctions({tool}).size(), 1U);
}

}  // namespace
}  // namespace kedge::agent_ref
