#include <gtest/gtest.h>

#include "agent_ref/reference_agent.h"
#include "harness/core/random.h"
#include "harness/core/utf8.h"
#include "tests/agent_ref/building.h"

namespace kedge::agent_ref {
namespace {

// Answers with anything at all; counts the calls.
class HostileWorld : public agent::EpisodeIo {
 public:
  explicit HostileWorld(std::uint64_t seed) : random_(seed) {}

  world::ToolResult CallTool(const std::string&, const Json&) override {
    ++calls;
    if (random_.Bernoulli(0.4)) {
      return world::ToolResult::Failure(random_.Bernoulli(0.5) ? "badge_unseen" : Text(), Text());
    }
    return world::ToolResult::Ok(Value(4));
  }
  std::string AskUser(const std::string&) override {
    ++questions;
    return random_.Bernoulli(0.3) ? "Yes" : Text();
  }
  void Record(trace::Step) override { ++records; }

  int calls = 0;
  int questions = 0;
  int records = 0;

 private:
  std::string Text() {
    static const char* const kPieces[] = {"B0001", "D1", "\xff\xfe", "{", "}",  "no",      " ",
                                          "null",  "\\", "1e99",     "é", "\n", "Kitchen", "vault"};
    std::string text;
    for (auto n = random_.Below(4); n > 0; --n) text += kPieces[random_.Below(std::size(kPieces))];
    return text;
  }
  Json Value(int depth) {
    switch (random_.Below(depth > 0 ? 7 : 4)) {
      case 0:
        return nullptr;
      case 1:
        return random_.Uniform() * 1e300;
      case 2:
        return random_.Bernoulli(0.5);
      case 3:
        return Text();
      case 4: {
        Json list = Json::array();
        for (auto n = random_.Below(4); n > 0; --n) list.push_back(Value(depth - 1));
        return list;
      }
      default: {
        static const char* const kKeys[] = {"door_id", "badge_id", "room_name", "reading", "x"};
        Json object = Json::object();
        for (const char* key : kKeys) {
          if (random_.Bernoulli(0.6)) object[key] = Value(depth - 1);
        }
        return object;
      }
    }
  }

  Random random_;
};

TEST(ReferenceAgent, BearsAnyAnswerAndAlwaysEnds) {
  const auto agent = ReferenceAgentFactory().Make(
      With(BuildingStrategy(), {{"set_param", "planner/parameters/explore", 1},
                                {"set_param", "planner/parameters/explore_on_error", 1},
                                {"set_param", "planner/parameters/explore_tries", 10},
                                {"set_param", "tool_policy/retry/default", 10},
                                {"set_param", "model/temperature", 2}}));
  agent::EpisodeStart start;
  start.instruction = "I am Ann. Open the vault, close the kitchen, meter in the kitchen. \xff";
  start.tools = Building::Tools();
  for (start.seed = 0; start.seed < 1000; ++start.seed) {
    HostileWorld world(start.seed);
    const agent::EpisodeEnd end = agent->Run(start, world);
    EXPECT_EQ(end.end, "answered");
    EXPECT_LE(world.calls, 30);
    EXPECT_LE(world.questions, 100);
    EXPECT_LE(world.records, 1000);
  }
}

}  // namespace
}  // namespace kedge::agent_ref
