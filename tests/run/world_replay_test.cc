#include "harness/run/world_replay.h"

#include <gtest/gtest.h>

#include <optional>

#include "tests/testing/needs.h"

namespace kedge::run {
namespace {

trace::Step CallStep(const std::string& id, const std::string& tool, Json arguments) {
  trace::Step step;
  step.kind = trace::StepKind::kToolCall;
  step.actor = "agent";
  step.call = {id, tool, std::move(arguments)};
  return step;
}

trace::Step AnswerStep(const std::string& id, const std::string& content) {
  trace::Step step;
  step.kind = trace::StepKind::kObservation;
  step.actor = "tool";
  step.observation = {id, false, "", content};
  return step;
}

trace::Step TextStep(trace::StepKind kind, const std::string& text) {
  trace::Step step;
  step.kind = kind;
  step.actor = "agent";
  step.text = text;
  return step;
}

/// A world with one counter: `add` gives the new value, `name` a text.
class WorldReplayTest : public ::testing::Test {
 protected:
  WorldReplayTest() {
    const auto write = [&](const char* name, const char* text) {
      testing::WriteFile(folder_.File(name), text);
    };
    write("world.yaml", "format: kedge-world/1\nworld: counter\n");
    write("policy.md", "Count.");
    write("schema.sql", "CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER);");
    write("seed.sql", "INSERT INTO counter VALUES (1, 10);");
    write("tools.yaml", R"(tools:
- name: add
  description: Add.
  effect: write
  arguments: {type: object, properties: {n: {type: integer}}, required: [n]}
  guards: [{query: "SELECT 1 WHERE :n > 0", error: denied, message: "Error: {n} is too small"}]
  statements: ["UPDATE counter SET value = value + :n"]
  result: {query: "SELECT value AS v FROM counter"}
- name: name
  description: Name.
  effect: read
  result: {query: "SELECT 'the counter' AS v", shape: value}
)");
    session_.emplace(world::World::Load(folder_.path(), {}));
  }

  testing::TempFolder folder_;
  std::optional<world::Session> session_;
};

TEST_F(WorldReplayTest, ComparesEveryAnswerAndClosesTheTape) {
  trace::Trace recorded;
  recorded.steps = {CallStep("a", "add", {{"n", 1}}),      AnswerStep("a", "{\"v\": 11.0}"),
                    CallStep("b", "add", {{"n", 0}}),      AnswerStep("b", "Error: 0 is too small"),
                    CallStep("c", "name", Json::object()), AnswerStep("c", "the counter"),
                    CallStep("a", "add", {{"n", 5}}),      AnswerStep("a", "{\"v\": 99}"),
                    CallStep("d", "add", {{"n", 100}})};
  const WorldReplay replay = ReplayOnWorld(recorded, *session_, {});
  ASSERT_EQ(replay.calls.size(), 4u) << "the last call was never answered";
  EXPECT_EQ(replay.compared, 4);
  EXPECT_EQ(replay.agreeing, 3);
  EXPECT_FALSE(replay.calls[3].agrees);
  EXPECT_EQ(replay.calls[3].answered, "{\"v\":16}") << "an id may come twice";
  EXPECT_EQ(replay.calls[3].recorded, "{\"v\": 99}");
  ASSERT_EQ(replay.difference.changes.size(), 1u);
  EXPECT_EQ(replay.difference.changes[0].after, (Json{{"value", 16}}));
}

TEST_F(WorldReplayTest, SetsToolsApart) {
  trace::Trace recorded;
  recorded.steps = {CallStep("c", "name", Json::object()), AnswerStep("c", "something else")};
  WorldReplayOptions options;
  options.apart = {"name"};
  const WorldReplay replay = ReplayOnWorld(recorded, *session_, options);
  EXPECT_EQ(replay.compared, 0);
  EXPECT_EQ(replay.calls.size(), 1u);
}

TEST_F(WorldReplayTest, KeepsWhatTheAgentSaidToTheUser) {
  trace::Trace recorded;
  recorded.steps = {TextStep(trace::StepKind::kModelCall, "let me think"),
                    CallStep("c", "name", Json::object()), AnswerStep("c", "the counter"),
                    TextStep(trace::StepKind::kModelCall, "It is 10.")};
  const WorldReplay replay = ReplayOnWorld(recorded, *session_, {});
  EXPECT_EQ(replay.final_text, "It is 10.");
  ASSERT_EQ(replay.trace.steps.size(), 3u);
  EXPECT_EQ(replay.trace.steps[2].kind, trace::StepKind::kMessage);
}

TEST(SameAnswer, ComparesJsonByValueAndTextByBytes) {
  EXPECT_TRUE(SameAnswer("{\"a\": 1, \"b\": [2.0]}", "{\"b\":[2],\"a\":1.0}"));
  EXPECT_TRUE(SameAnswer("255.0", "255"));
  EXPECT_FALSE(SameAnswer("[1, 2]", "[2, 1]"));
  EXPECT_FALSE(SameAnswer("Error: x", "Error: X"));
  EXPECT_FALSE(SameAnswer("{\"a\": 1}", "a is 1"));
  EXPECT_TRUE(SameAnswer("", ""));
}

}  // namespace
}  // namespace kedge::run
