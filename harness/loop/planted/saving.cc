// A candidate that does the same for less.
#include <algorithm>

#include "harness/core/error.h"
#include "harness/loop/planted/planting.h"
#include "harness/strategy/rule.h"

namespace kedge::loop {
namespace {

constexpr char kWaste[] = "look-ups-in-vain";
constexpr std::size_t kMostLookUps = 3;

// Tools that some learned rule calls are not in vain.
std::vector<std::string> VainLookUps(const PlantingGround& ground) {
  std::vector<std::string> tools = LookUpTools(ground.champion, ground.suite);
  for (const strategy::Guideline& rule : LearnedRules(ground)) {
    for (const std::string& helper : strategy::ParseRule(rule).helpers) {
      std::erase(tools, helper);
    }
  }
  return tools;
}

}  // namespace

strategy::Strategy WastefulChampion(const PlantingGround& ground) {
  if (!ground.saving_counts) {
    throw BadData("the policy has no `objective` that promotes for a saving");
  }
  std::vector<std::string> helpers;
  std::optional<strategy::Guideline> rule;
  for (const std::string& helper : VainLookUps(ground)) {
    if (helpers.size() == kMostLookUps) break;
    helpers.push_back(helper);
    const RuleWords words = {kWaste,
                             "Before anything that changes something look things up once more.",
                             {{"effect", "write"}},
                             {{"call_first", helpers}}};
    std::optional<strategy::Guideline> grounded;
    for (const GoalTool& tool : WritingGoalTools(ground.champion, ground.suite)) {
      if (!grounded) grounded = GroundedRule(ground.seen, words, {tool.tool, helper});
    }
    if (grounded) {
      rule = std::move(grounded);
    } else {
      helpers.pop_back();
    }
  }
  if (!rule) throw BadData("there is nothing that could be looked up in vain");
  return Plant(ground.learned, "wasteful", {AddRule(*rule)});
}

strategy::Strategy SavingAtEqualQuality(const PlantingGround& ground) {
  return Plant(WastefulChampion(ground), "saving-at-equal-quality",
               {{"retire", kWaste, "it goes as well without"}});
}

}  // namespace kedge::loop
