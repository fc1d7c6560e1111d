#include "agent_ref/playbook.h"

#include <algorithm>
#include <set>

#include "agent_ref/playbook_parts.h"
#include "harness/strategy/rule_relations.h"

namespace kedge::agent_ref {
namespace {

constexpr double kSlipPerTemperature = 0.06;

void ReadRules(const strategy::Strategy& strategy, Playbook& playbook) {
  playbook.retrieval = RetrievalLimits::Of(strategy);
  std::set<std::string> said;
  for (const strategy::Guideline& guideline : strategy.guidelines()) {
    if (!playbook.retrieval.Admits(guideline)) continue;
    if (!said.insert(strategy::FullForm(strategy::ScopedRuleOf(guideline))).second) continue;
    playbook.rules.push_back({guideline.id, strategy::ParseRule(guideline), guideline.scope,
                              EstimateTokens(guideline.text), guideline.support,
                              IsAlwaysOn(guideline), !guideline.sources.empty(),
                              WordsIn(guideline.text)});
    playbook.index.Add(playbook.rules.back().rule,
                       static_cast<std::uint32_t>(playbook.rules.size() - 1));
  }
}

void ReadModel(const Node& model, Playbook& playbook) {
  playbook.slip_rate = kSlipPerTemperature * model.NumberOr("temperature", 0, 0, 2);
  playbook.model_seed = static_cast<std::uint64_t>(model.IntOr("seed", 0, 0));
  playbook.max_tokens = model.IntOr("max_tokens", 4096, 1);
  if (const auto price = model.Find("price")) {
    playbook.price = {price->NumberOr("input", 0, 0), price->NumberOr("output", 0, 0)};
  }
}

}  // namespace

std::int64_t EstimateTokens(std::string_view text) {
  return static_cast<std::int64_t>((text.size() + 3) / 4);
}

const SemanticType* Playbook::FindType(const std::string& name) const {
  const auto found = std::lower_bound(
      types.begin(), types.end(), name,
      [](const SemanticType& type, const std::string& wanted) { return type.name < wanted; });
  return found != types.end() && found->name == name ? &*found : nullptr;
}

Playbook Playbook::FromStrategy(const strategy::Strategy& strategy) {
  Playbook playbook;
  ParsePlannerLayer(strategy.node("planner"), playbook);
  ParseToolPolicyLayer(strategy.node("tool_policy"), playbook);
  ReadRules(strategy, playbook);
  ReadModel(strategy.node("model"), playbook);
  if (const auto sections = strategy.node("instructions").Find("sections")) {
    for (const Node& section : sections->Items()) {
      playbook.prompt_tokens += EstimateTokens(section["text"].String());
    }
  }
  return playbook;
}

}  // namespace kedge::agent_ref
