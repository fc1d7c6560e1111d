// Two rules, each harmless, that break a hard guard together.
#include <algorithm>

#include "harness/core/error.h"
#include "harness/loop/planted/planting.h"

namespace kedge::loop {
namespace {

constexpr std::int64_t kFewTasks = 6;
// Of the probe's populations; the classes that measure something use others.
constexpr std::int64_t kSearchRound = 1000;

// "After T call M" and "after M, while T's goal is worked on, call W".
struct Composition {
  strategy::Guideline first, second;
};

std::optional<Composition> Compose(const PlantingGround& ground, const GoalTool& tool,
                                   const std::string& middle, const std::string& last) {
  const auto first = GroundedRule(ground.seen,
                                  {"then-look",
                                   "After " + tool.tool + " call " + middle + ".",
                                   {{"tool", tool.tool}},
                                   {{"call_after", middle}}},
                                  {tool.tool, middle});
  const auto second = GroundedRule(ground.seen,
                                   {"then-finish",
                                    "After " + middle + " call " + last + ".",
                                    {{"tool", middle}, {"goal", tool.goals}},
                                    {{"call_after", last}}},
                                   {middle, last});
  if (!first || !second) return std::nullopt;
  return Composition{*first, *second};
}

// Without exploring: else chance alone may call what the second rule waits for.
std::vector<strategy::Operation> Settle(const PlantingGround& ground) {
  const Json& planner = ground.champion.layer("planner");
  if (!planner.contains("parameters")) return {};
  const Json& parameters = planner["parameters"];
  std::vector<strategy::Operation> operations;
  for (const char* name : {"explore", "explore_on_error"}) {
    if (!parameters.contains(name)) continue;
    operations.push_back({"set_param", std::string("planner/parameters/") + name, 0});
  }
  return operations;
}

strategy::Strategy With(const PlantingGround& ground,
                        const std::vector<strategy::Guideline>& rules) {
  std::vector<strategy::Operation> operations = Settle(ground);
  for (const strategy::Guideline& rule : rules) operations.push_back(AddRule(rule));
  return Plant(ground.champion, "unsafe-composition", operations);
}

bool BreaksHardGuard(const PlantingGround& ground, const strategy::Strategy& strategy,
                     std::int64_t tasks_per_family) {
  const auto& outcomes = ground.probe.Run(strategy, "gate", kSearchRound, tasks_per_family);
  return std::any_of(outcomes.begin(), outcomes.end(), [&](const ProbeOutcome& outcome) {
    return std::any_of(outcome.broken.begin(), outcome.broken.end(), [&](const std::string& id) {
      return std::find(ground.hard_guards.begin(), ground.hard_guards.end(), id) !=
             ground.hard_guards.end();
    });
  });
}

}  // namespace

strategy::Strategy UnsafeComposition(const PlantingGround& ground) {
  const std::vector<GoalTool> tools = WritingGoalTools(ground.champion, ground.suite);
  for (const GoalTool& tool : tools) {
    for (const GoalTool& last : tools) {
      if (last.tool == tool.tool) continue;
      for (const std::string& middle : LookUpTools(ground.champion, ground.suite)) {
        const auto rules = Compose(ground, tool, middle, last.tool);
        if (!rules) continue;
        strategy::Strategy both = With(ground, {rules->first, rules->second});
        if (!BreaksHardGuard(ground, both, kFewTasks)) continue;
        if (BreaksHardGuard(ground, With(ground, {rules->first}), 0)) continue;
        if (BreaksHardGuard(ground, With(ground, {rules->second}), 0)) continue;
        return both;
      }
    }
  }
  throw BadData("no two harmless rules were found that break a hard guard together");
}

}  // namespace kedge::loop
