#include "harness/loop/planted/planting.h"

#include <algorithm>
#include <set>

#include "harness/core/error.h"
#include "harness/core/random.h"

namespace kedge::loop {
namespace {

constexpr std::size_t kMostSources = 6;

bool HasCalled(const SeenTrace& trace, const std::vector<std::string>& tools) {
  return std::all_of(tools.begin(), tools.end(),
                     [&](const std::string& tool) { return trace.calls.count(tool) != 0; });
}

strategy::GuidelineSource SourceOf(const SeenTrace& trace, const std::vector<std::string>& tools) {
  std::set<int> steps;
  for (const std::string& tool : tools) steps.insert(trace.calls.at(tool));
  return {trace.id,    {steps.begin(), steps.end()}, trace.outcome, "trusted", trace.principal,
          trace.family};
}

std::set<std::string> GoalToolNames(const strategy::Strategy& strategy) {
  std::set<std::string> names;
  const Json& planner = strategy.layer("planner");
  if (!planner.contains("goals")) return names;
  for (const Json& goal : planner["goals"]) {
    if (goal.contains("tool")) names.insert(goal["tool"].get<std::string>());
  }
  return names;
}

}  // namespace

strategy::Strategy Plant(const strategy::Strategy& parent, const std::string& name,
                         const std::vector<strategy::Operation>& operations) {
  return strategy::Apply(parent, parent.hash(), operations, name, {{"split", "dev"}});
}

strategy::Operation AddRule(const strategy::Guideline& rule) {
  Json record = strategy::ToJson(rule);
  record.erase("id");
  return {"add", rule.id, std::move(record)};
}

std::vector<strategy::Guideline> LearnedRules(const PlantingGround& ground) {
  std::vector<strategy::Guideline> rules;
  for (const strategy::Change& change : strategy::Diff(ground.champion, ground.learned)) {
    if (change.kind != "add" || change.layer != "guidelines") continue;
    for (const strategy::Guideline& guideline : ground.learned.guidelines()) {
      if (guideline.id == change.what) rules.push_back(guideline);
    }
  }
  if (rules.empty()) throw BadData("nothing was learned that a rule could be planted in");
  return rules;
}

strategy::Strategy PlantRule(const PlantingGround& ground, const std::string& name,
                             const std::function<void(strategy::Guideline&)>& change) {
  strategy::Guideline rule = LearnedRules(ground).front();
  change(rule);
  return Plant(ground.champion, name, {AddRule(rule)});
}

std::optional<strategy::Guideline> GroundedRule(const std::vector<SeenTrace>& seen,
                                                const RuleWords& words,
                                                const std::vector<std::string>& tools,
                                                const std::string& error) {
  strategy::Guideline rule;
  rule.id = words.id;
  rule.text = words.text;
  rule.when = words.when;
  rule.then = words.then;
  std::set<std::string> families;
  std::set<strategy::GuidelineSource> sources;
  // First one trace of each family, then whatever there is.
  for (const bool new_family : {true, false}) {
    for (const SeenTrace& trace : seen) {
      if (sources.size() >= kMostSources) break;
      if (!HasCalled(trace, tools)) continue;
      if (!error.empty() && trace.errors.count({tools.front(), error}) == 0) continue;
      if (new_family && !families.insert(trace.family).second) continue;
      sources.insert(SourceOf(trace, tools));
    }
  }
  rule.sources = {sources.begin(), sources.end()};
  if (rule.sources.size() < 2) return std::nullopt;
  rule.support = static_cast<std::int64_t>(rule.sources.size());
  return rule;
}

std::vector<GoalTool> WritingGoalTools(const strategy::Strategy& strategy,
                                       const suite::Suite& suite) {
  std::vector<GoalTool> tools;
  const Json& planner = strategy.layer("planner");
  if (!suite.world() || !planner.contains("goals")) return tools;
  for (const Json& goal : planner["goals"]) {
    if (!goal.contains("tool")) continue;
    const auto name = goal["tool"].get<std::string>();
    const auto& specs = suite.world()->tools();
    const bool writes = std::any_of(specs.begin(), specs.end(), [&](const world::ToolSpec& spec) {
      return spec.name == name && spec.writes;
    });
    if (!writes) continue;
    auto known = std::find_if(tools.begin(), tools.end(),
                              [&](const GoalTool& tool) { return tool.tool == name; });
    if (known == tools.end()) known = tools.insert(tools.end(), GoalTool{name, {}});
    known->goals.push_back(goal["id"].get<std::string>());
  }
  return tools;
}

std::vector<std::string> LookUpTools(const strategy::Strategy& strategy,
                                     const suite::Suite& suite) {
  std::vector<std::string> tools;
  if (!suite.world()) return tools;
  const std::set<std::string> of_goals = GoalToolNames(strategy);
  for (const world::ToolSpec& spec : suite.world()->tools()) {
    if (!spec.writes && of_goals.count(spec.name) == 0) tools.push_back(spec.name);
  }
  return tools;
}

std::string RandomLetters(std::uint64_t seed, std::size_t count) {
  Random random(DeriveSeed(seed, "planted key"));
  std::string text;
  while (text.size() < count) text += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[random.Below(32)];
  return text;
}

}  // namespace kedge::loop
