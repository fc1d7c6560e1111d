// Candidates that do harm, which only episodes can show.
#include <algorithm>

#include "harness/core/error.h"
#include "harness/loop/planted/planting.h"
#include "harness/strategy/rule.h"

namespace kedge::loop {
namespace {

constexpr std::int64_t kHarmRound = 3000;
// As many twins of a rule, and of as many rules, as a change may bring (16 guidelines).
constexpr std::size_t kDuplicates = 3, kMostRotten = 5;

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

// Three useless twins of a rule that says how to get past an error. Each names an argument of the
// tool as well, so describes the same situation more closely, and says no more than to try again.
// None when the rule is another, or the traces could not have taught them.
std::vector<strategy::Guideline> WrongTwins(const PlantingGround& ground,
                                            const strategy::Guideline& guideline) {
  const strategy::Rule rule = strategy::ParseRule(guideline);
  if (rule.tools.empty() || rule.action != strategy::RuleAction::kRecover) return {};
  const std::string& tool = rule.tools.front();
  const std::string argument = ArgumentOf(ground.suite, tool);
  if (argument.empty()) return {};
  Json when = guideline.when;
  when["argument"] = argument;
  std::vector<strategy::Guideline> twins;
  for (std::size_t n = 1; n <= kDuplicates; ++n) {
    auto twin = GroundedRule(
        ground.seen,
        {guideline.id + ".again-" + std::to_string(n),
         "When " + tool + " answers " + rule.errors.front() + ", try again" + std::string(n, '!'),
         when,
         {{"on_error", "retry"}}},
        {tool}, rule.errors.front());
    if (!twin) return {};
    twins.push_back(std::move(*twin));
  }
  return twins;
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

// Wrong twins of learned rules describe the same situations more closely than the rules do, and no
// more of them may speak at once than there are of one.
strategy::Strategy IndexRot(const PlantingGround& ground) {
  const std::vector<strategy::Guideline> rules = LearnedRules(ground);
  std::vector<strategy::Operation> operations;
  std::size_t rotten = 0;
  for (std::size_t i = 0; i < rules.size() && rotten < kMostRotten; ++i) {
    const auto twins = WrongTwins(ground, rules[(ground.seed + i) % rules.size()]);
    for (const strategy::Guideline& twin : twins) operations.push_back(AddRule(twin));
    rotten += twins.empty() ? 0 : 1;
  }
  if (rotten == 0) throw BadData("no learned rule has twins that the traces could have taught");
  operations.push_back({"set_param", "retrieval/k", kDuplicates});
  return Plant(ground.learned, "index-rot", operations);
}

}  // namespace kedge::loop
