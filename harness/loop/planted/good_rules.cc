// Candidates that are better.
#include <map>

#include "harness/core/error.h"
#include "harness/loop/planted/planting.h"
#include "harness/strategy/rule.h"

namespace kedge::loop {
namespace {

// Chosen on other tasks than those that their effect is reported on.
constexpr std::int64_t kChoosingRound = 4000;

strategy::Strategy WithRules(const PlantingGround& ground, const std::string& name,
                             const std::vector<strategy::Guideline>& rules) {
  std::vector<strategy::Operation> operations;
  for (const strategy::Guideline& rule : rules) operations.push_back(AddRule(rule));
  return Plant(ground.champion, name, operations);
}

// The stratum in which the rule changes most.
std::string StratumOf(const PlantingGround& ground, const strategy::Guideline& rule) {
  const ProbedEffect effect = ground.probe.Effect(
      {{ground.champion, WithRules(ground, "one-rule", {rule}), kChoosingRound}});
  std::string best;
  double most = 0;
  for (const auto& [stratum, interval] : effect.strata) {
    if (interval.estimate > most) best = stratum, most = interval.estimate;
  }
  return best;
}

double GainOf(const PlantingGround& ground, const strategy::Strategy& candidate) {
  return ground.probe
      .Effect({{ground.champion, candidate, kChoosingRound},
               {ground.champion, candidate, kChoosingRound + 1}})
      .overall.estimate;
}

}  // namespace

strategy::Strategy AllLearnedRules(const PlantingGround& ground) {
  LearnedRules(ground);
  return ground.learned;
}

// The rules that matter to one stratum alone: the stratum with the largest gain.
strategy::Strategy RulesOfOneStratum(const PlantingGround& ground) {
  std::map<std::string, std::vector<strategy::Guideline>> by_stratum;
  for (const strategy::Guideline& rule : LearnedRules(ground)) {
    by_stratum[StratumOf(ground, rule)].push_back(rule);
  }
  by_stratum.erase("");
  std::optional<strategy::Strategy> best;
  double most = 0;
  for (const auto& [stratum, rules] : by_stratum) {
    const strategy::Strategy tried = WithRules(ground, "one-stratum", rules);
    const double gain = GainOf(ground, tried);
    if (gain > most) best = tried, most = gain;
  }
  if (!best) throw BadData("no stratum gains by the learned rules");
  return *best;
}

// As many of the learned rules, in their order, as make twice the gain that the gate is designed
// for.
strategy::Strategy TwiceTheDesignEffect(const PlantingGround& ground) {
  std::vector<strategy::Guideline> rules;
  for (const strategy::Guideline& rule : LearnedRules(ground)) {
    rules.push_back(rule);
    const strategy::Strategy tried = WithRules(ground, "twice-the-design-effect", rules);
    if (GainOf(ground, tried) >= 2 * ground.smallest_gain) return tried;
  }
  throw BadData("the learned rules gain less than twice the smallest gain of the policy");
}

}  // namespace kedge::loop
