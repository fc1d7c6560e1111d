// Candidates that do harm, which only episodes can show.
#include <algorithm>

#include "harness/core/error.h"
#include "harness/loop/planted/planting.h"
#include "harness/strategy/rule.h"

namespace kedge::loop {
namespace {

constexpr std::int64_t kHarmRound = 3000;
constexpr std::size_t kDuplicates = 3;

// The learned rule, but before whatever changes anything.
strategy::Strategy Everywhere(const PlantingGround& ground, strategy::Guideline rule,
                              const std::string& helper) {
  rule.id = "everywhere." + helper;
  rule.text = "Before anything that changes something call " + helper + ".";
  rule.when = {{"effect", "write"}};
  rule.then = {{"call_first", helper}};
  return Plant(ground.champion, "dose", {AddRule(rule)});
}

// A useless way to say the same: for the tool (and error) of the rule, call `helper`.
std::optional<strategy::Guideline> WrongTwin(const PlantingGround& ground,
                                             const strategy::Rule& rule,
                                             const strategy::Guideline& guideline,
                                             const std::string& helper, std::size_t number) {
  const bool recovers = rule.action == strategy::RuleAction::kRecover;
  const std::string& tool = rule.tools.front();
  const std::string text = recovers ? "When " + tool + " answers " + rule.errors.front() +
                                          ", call " + helper + " and try again"
                                    : "Before " + tool + " call " + helper;
  return GroundedRule(
      ground.seen,
      {guideline.id + ".again-" + std::to_string(number), text + std::string(number, '!'),
       guideline.when, recovers ? Json{{"recover", helper}} : Json{{"call_first", helper}}},
      {tool, helper}, recovers ? rule.errors.front() : "");
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

// Wrong twins of a learned rule stand before it, and no more of them may speak than there are.
strategy::Strategy IndexRot(const PlantingGround& ground) {
  const std::vector<strategy::Guideline> rules = LearnedRules(ground);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const strategy::Guideline& right = rules[(ground.seed + i) % rules.size()];
    const strategy::Rule rule = strategy::ParseRule(right);
    const bool first = rule.action == strategy::RuleAction::kCallFirst;
    if (rule.tools.empty() || (!first && rule.action != strategy::RuleAction::kRecover)) continue;
    for (const std::string& helper : LookUpTools(ground.champion, ground.suite)) {
      if (helper == rule.helpers.front()) continue;
      std::vector<strategy::Operation> operations;
      Json order = Json::array();
      for (std::size_t n = 1; n <= kDuplicates; ++n) {
        const auto twin = WrongTwin(ground, rule, right, helper, n);
        if (!twin) break;
        operations.push_back(AddRule(*twin));
        order.push_back(twin->id);
      }
      if (operations.size() < kDuplicates) continue;
      for (const strategy::Guideline& old : ground.learned.guidelines()) order.push_back(old.id);
      operations.push_back({"reorder", "guidelines", order});
      operations.push_back({"set_param", "retrieval/k", kDuplicates});
      return Plant(ground.learned, "index-rot", operations);
    }
  }
  throw BadData("no learned rule has twins that the traces could have taught");
}

}  // namespace kedge::loop
