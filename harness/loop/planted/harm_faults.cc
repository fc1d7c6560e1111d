// Candidates that do harm, which only episodes can show.
#include <algorithm>

#include "harness/core/error.h"
#include "harness/loop/planted/planting.h"
#include "harness/strategy/rule.h"

namespace kedge::loop {
namespace {

constexpr std::int64_t kHarmRound = 3000;

// The learned rule, but before whatever changes anything.
strategy::Strategy Everywhere(const PlantingGround& ground, strategy::Guideline rule,
                              const std::string& helper) {
  rule.id = "everywhere." + helper;
  rule.text = "Before anything that changes something call " + helper + ".";
  rule.when = {{"effect", "write"}};
  rule.then = {{"call_first", helper}};
  return Plant(ground.champion, "dose", {AddRule(rule)});
}

// An argument that the tool takes; empty when it takes none.
std::string ArgumentOf(const suite::Suite& suite, const std::string& tool) {
  for (const world::ToolSpec& spec : suite.world()->tools()) {
    if (spec.name != tool) continue;
    const Json arguments = spec.arguments.value("properties", Json::object());
    return arguments.empty() ? "" : arguments.begin().key();
  }
  return "";
}

// A useless twin of a rule that says how to get past an error. It names an argument of the tool as
// well, so describes the same situation more closely, and says no more than to try again. nullopt
// when the rule is another, or the traces could not have taught it.
std::optional<strategy::Guideline> WrongTwin(const PlantingGround& ground,
                                             const strategy::Guideline& guideline) {
  const strategy::Rule rule = strategy::ParseRule(guideline);
  if (rule.tools.empty() || rule.action != strategy::RuleAction::kRecover) return std::nullopt;
  const std::string& tool = rule.tools.front();
  const std::string argument = ArgumentOf(ground.suite, tool);
  if (argument.empty()) return std::nullopt;
  Json when = guideline.when;
  when["argument"] = argument;
  return GroundedRule(ground.seen,
                      {guideline.id + ".again",
                       "When " + tool + " answers " + rule.errors.front() + ", try again.",
                       std::move(when),
                       {{"on_error", "retry"}}},
                      {tool}, rule.errors.front());
}

}  // namespace

// One of the champion's own learned rules is lost.
strategy::Strategy Forgetting(const PlantingGround& ground) {
  const std::vector<strategy::Guideline> rules = LearnedRules(ground);
  const std::size_t which = ground.seed % rules.size();
  return Plant(ground.learned, "forgetting", {{"retire", rules[which].id, "forgotten"}});
}

// Hardly any rule may speak any more.
strategy::Strategy ContextCollapse(const PlantingGround& ground) {
  LearnedRules(ground);
  return Plant(ground.learned, "context-collapse",
               {{"set_param", "retrieval/min_support", 1000000}});
}

// What helps one tool is done before every change: of all rules the one that does most harm so.
strategy::Strategy Dose(const PlantingGround& ground) {
  std::optional<strategy::Strategy> worst;
  double most_harm = 0;
  for (const strategy::Guideline& guideline : LearnedRules(ground)) {
    const std::vector<std::string> helpers = strategy::ParseRule(guideline).helpers;
    if (helpers.empty()) continue;
    strategy::Strategy tried = Everywhere(ground, guideline, helpers.front());
    const ProbedEffect effect = ground.probe.Effect({{ground.champion, tried, kHarmRound}});
    for (const auto& [stratum, interval] : effect.strata) {
      if (interval.high >= most_harm) continue;
      most_harm = interval.high;
      worst = tried;
    }
  }
  if (!worst) throw BadData("no learned rule does harm when it is followed everywhere");
  return *worst;
}

// Each rule that gets past an error has a wrong twin that describes the situation more closely, and
// only the closest rule may speak.
strategy::Strategy IndexRot(const PlantingGround& ground) {
  std::vector<strategy::Operation> operations;
  for (const strategy::Guideline& rule : LearnedRules(ground)) {
    if (const auto twin = WrongTwin(ground, rule)) operations.push_back(AddRule(*twin));
  }
  if (operations.empty()) throw BadData("no learned rule has a twin that the traces could teach");
  operations.push_back({"set_param", "retrieval/k", 1});
  return Plant(ground.learned, "index-rot", operations);
}

}  // namespace kedge::loop
