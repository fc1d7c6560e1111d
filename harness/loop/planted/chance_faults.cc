// Candidates without any true effect that looked good on few tasks, and were chosen for that.
#include "harness/core/error.h"
#include "harness/loop/planted/planting.h"
#include "harness/strategy/rule.h"

namespace kedge::loop {
namespace {

constexpr std::size_t kTries = 20;
constexpr std::int64_t kChoosingTasks = 2;  // a family
// Each seed chooses on tasks of its own.
constexpr std::int64_t kChoosingRounds = 2000;

strategy::Strategy BestOfFew(const PlantingGround& ground,
                             const std::vector<strategy::Strategy>& tried) {
  const std::int64_t round = kChoosingRounds + static_cast<std::int64_t>(ground.seed);
  std::size_t best = 0;
  double most = -1;
  for (std::size_t i = 0; i < tried.size(); ++i) {
    const double success = ground.probe.Success(tried[i], "dev", round, kChoosingTasks);
    if (success > most) best = i, most = success;
  }
  return tried[best];
}

bool IsHelperOfLearnedRule(const PlantingGround& ground, const std::string& tool) {
  for (const strategy::Guideline& guideline : LearnedRules(ground)) {
    for (const std::string& helper : strategy::ParseRule(guideline).helpers) {
      if (helper == tool) return true;
    }
  }
  return false;
}

}  // namespace

// Rules that send the agent to look something up before it acts, none of which helps.
strategy::Strategy SelectionLuck(const PlantingGround& ground) {
  std::vector<strategy::Strategy> tried;
  for (const GoalTool& tool : WritingGoalTools(ground.champion, ground.suite)) {
    for (const std::string& helper : LookUpTools(ground.champion, ground.suite)) {
      if (IsHelperOfLearnedRule(ground, helper) || tried.size() >= kTries) continue;
      const auto rule = GroundedRule(ground.seen,
                                     {"lucky",
                                      "Before " + tool.tool + " call " + helper + ".",
                                      {{"tool", tool.tool}},
                                      {{"call_first", helper}}},
                                     {tool.tool, helper});
      if (rule) tried.push_back(Plant(ground.champion, "selection-luck", {AddRule(*rule)}));
    }
  }
  if (tried.size() < 2) throw BadData("there are no rules among which luck could choose");
  return BestOfFew(ground, tried);
}

// The champion under another seed of its own chance: the same agent, the luckiest of twenty runs.
strategy::Strategy FlakinessForGain(const PlantingGround& ground) {
  const Json& model = ground.champion.layer("model");
  if (!model.contains("temperature") || model["temperature"] == Json(0)) {
    throw BadData("the champion leaves nothing to chance (model.temperature is 0)");
  }
  std::vector<strategy::Strategy> tried;
  for (std::size_t i = 1; i <= kTries; ++i) {
    const std::uint64_t seed = 1000 * ground.seed + i;
    tried.push_back(
        Plant(ground.champion, "flakiness-for-gain", {{"set_param", "model/seed", seed}}));
  }
  return BestOfFew(ground, tried);
}

}  // namespace kedge::loop
