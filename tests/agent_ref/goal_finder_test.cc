#include "agent_ref/goal_finder.h"

#include <gtest/gtest.h>

namespace kedge::agent_ref {
namespace {

Playbook PlaybookWith(const char* goals) {
  return Playbook::FromStrategy(
      strategy::Strategy::FromLayers("t", {}, {{"planner", {{"goals", ParseJson(goals)}}}}));
}

std::string Ids(const Playbook& playbook, const std::string& text) {
  std::string ids;
  for (const FoundGoal& found : FindGoals(playbook, text)) {
    ids += found.goal->id + ":" + std::to_string(found.begin) + "-" + std::to_string(found.end);
    for (const auto& [name, value] : found.slots) ids += " " + name + "=" + value.dump();
    ids += ";";
  }
  return ids;
}

TEST(FindGoals, InTheOrderOfTheTextWithTheirParts) {
  const Playbook playbook = PlaybookWith(R"json([
      {"id": "b", "patterns": ["shut (?P<what>\\w+)"], "answer": "x"},
      {"id": "a", "patterns": ["nothing", "OPEN (?P<what>\\w+)"], "answer": "x"}])json");
  EXPECT_EQ(Ids(playbook, "Please open one and shut two."),
            "a:0-20 what=\"one\";b:20-29 what=\"two\";");
  EXPECT_EQ(Ids(playbook, "Hello."), "");
}

TEST(FindGoals, AGoalClaimsItsText) {
  const Playbook playbook = PlaybookWith(R"json([
      {"id": "wide", "patterns": ["swap .* for"], "answer": "x"},
      {"id": "narrow", "patterns": ["give back"], "answer": "x"}])json");
  EXPECT_EQ(Ids(playbook, "swap (give back) it for that"), "wide:0-28;");
  EXPECT_EQ(Ids(playbook, "swap (give back) it for that, give back the rest"),
            "wide:0-30;narrow:30-48;");
}

}  // namespace
}  // namespace kedge::agent_ref
