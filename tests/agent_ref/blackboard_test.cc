#include "agent_ref/blackboard.h"

#include <gtest/gtest.h>

namespace kedge::agent_ref {
namespace {

Playbook Types() {
  return Playbook::FromStrategy(
      strategy::Strategy::FromLayers("t", {}, {{"planner", ParseJson(R"json({"types": {
          "badge_id": {"pattern": "\\b[bB][0-9]{4}\\b", "fold": "upper"},
          "person_name": {"pattern": "I am (?P<value>\\w+)"}}})json")}}));
}

Tool ListTool() {
  Tool tool;
  tool.name = "list";
  Argument argument;
  argument.name = "owner";
  argument.type = "badge_id";
  tool.arguments = {argument};
  tool.result_types = {{"id", "door_id"}, {"name", "room_name"}};
  return tool;
}

std::vector<std::string> Values(const Blackboard& board, const std::string& type) {
  std::vector<std::string> values;
  for (const Fact& fact : board.facts()) {
    if (fact.type == type) values.push_back(fact.value.dump());
  }
  return values;
}

TEST(Blackboard, FindsEveryValueInTheUsersWords) {
  const Playbook playbook = Types();
  Blackboard board(playbook);
  board.AddUserText("I am Ann, b0001 or B0002.", true);
  EXPECT_EQ(Values(board, "badge_id"), (std::vector<std::string>{"\"B0001\"", "\"B0002\""}));
  EXPECT_EQ(Values(board, "person_name"), std::vector<std::string>{"\"Ann\""});
  EXPECT_EQ(board.facts()[0].position, 10u);
  EXPECT_FALSE(board.Knows("door_id"));
}

TEST(Blackboard, RowsAreRecordsThatKeepTheirCallsArguments) {
  const Playbook playbook = Types();
  const Tool tool = ListTool();
  Blackboard board(playbook);
  board.AddUserText("the blue lab please", true);
  board.AddResult(tool, {{"owner", "B0001"}}, ParseJson(R"([
      {"id": "D1", "name": "Kitchen", "parts": [{"part": "handle"}, {"part": "lock"}]},
      {"id": "D2", "name": "Blue Lab"}])"));
  EXPECT_EQ(Values(board, "part"), (std::vector<std::string>{"\"handle\"", "\"lock\""}));
  for (const Fact& fact : board.facts()) {
    if (fact.type == "part") {
      EXPECT_EQ(board.InRecord(fact.record, "door_id")->value, "D1") << "inherited";
    }
    if (fact.type != "door_id") continue;
    EXPECT_EQ(board.InRecord(fact.record, "badge_id")->value, "B0001");
    EXPECT_EQ(board.Overlap(fact.record, "door_id"), fact.value == "D2" ? 1 : 0);
  }
}

TEST(Blackboard, ABareValueGetsTheOnlyDeclaredType) {
  const Playbook playbook = Types();
  Tool tool = ListTool();
  tool.result_types = {{"value", "weight"}};
  Blackboard board(playbook);
  board.AddResult(tool, Json::object(), 12);
  EXPECT_EQ(Values(board, "weight"), std::vector<std::string>{"12"});
}

TEST(Blackboard, AResultWithoutEndIsCut) {
  const Playbook playbook = Types();
  Json wide = Json::array();
  for (int i = 0; i < 200; ++i) {
    Json row = {{"name", i}, {"parts", Json::array()}};
    for (int k = 0; k < 200; ++k) row["parts"].push_back({{"part", k}});
    wide.push_back(row);
  }
  Blackboard board(playbook);
  const Tool tool = ListTool();
  for (int i = 0; i < 5; ++i) board.AddResult(tool, {{"owner", "B0001"}}, wide);
  EXPECT_LT(board.facts().size(), 6000u);
}

}  // namespace
}  // namespace kedge::agent_ref
