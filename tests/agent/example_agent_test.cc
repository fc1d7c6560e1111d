// The example that ships is the first thing a newcomer runs: it must do what the README says.
#include <gmock/gmock.h>

#include <algorithm>

#include "harness/agent/process_agent.h"
#include "tests/agent/agent_testing.h"

namespace kedge::agent {
namespace {

using ::testing::ElementsAre;

world::ToolSpec Tool(const std::string& name, bool writes, Json required) {
  world::ToolSpec tool;
  tool.name = name;
  tool.writes = writes;
  tool.arguments = {{"type", "object"}, {"required", std::move(required)}};
  return tool;
}

TEST(ExampleAgent, LooksUpWhatTheUserAsksFor) {
  const std::string path = testing::SourcePath("harness/agent/examples/example_agent.py");
  ProcessAgent agent(PythonFile(path), TestStrategy());
  EpisodeStart start = Start("Where is my order?");
  start.tools = {Tool("find_item", false, {"item_id"}), Tool("cancel_order", true, {"order_id"}),
                 Tool("get_order", false, {"order_id", "colour"})};
  FakeIo io;
  const EpisodeEnd end = agent.Run(start, io);
  EXPECT_EQ(end.end, "answered") << end.detail;
  EXPECT_EQ(end.final_text, "{\"found\": 1}");
  EXPECT_THAT(io.calls, ElementsAre(R"(get_order{"colour":"blue","order_id":"blue"})"));
  EXPECT_THAT(io.questions, ElementsAre("What is the order_id?", "What is the colour?"));
  ASSERT_EQ(io.steps.size(), 1u);
  EXPECT_EQ(io.steps[0].decision.chosen, "get_order");

  io.result = world::ToolResult::Failure("not_found", "no such order");
  EXPECT_EQ(agent.Run(start, io).final_text, "no such order");
  EXPECT_EQ(agent.Run(Start("only this"), io).final_text, "only this");
}

TEST(ExampleAgent, HasSixtyLines) {
  const std::string text =
      testing::ReadWholeFile(testing::SourcePath("harness/agent/examples/example_agent.py"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 60);
}

}  // namespace
}  // namespace kedge::agent
