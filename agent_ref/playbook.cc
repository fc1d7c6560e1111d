#include "agent_ref/playbook.h"

#include <algorithm>

#include "agent_ref/playbook_parts.h"

namespace kedge::agent_ref {
namespace {

constexpr double kSlipPerTemperature = 0.06;

void ReadRules(const strategy::Strategy& strategy, Playbook& playbook) {
  const Node retrieval = strategy.node("retrieval");
  const std::int64_t min_support = retrieval.IntOr("min_support", 0, 0);
  playbook.rules_per_point = retrieval.IntOr("k", 100, 1, 1000);
  playbook.token_budget = retrieval.IntOr("token_budget", 0, 0);
  for (const strategy::Guideline& guideline : strategy.guidelines()) {
    if (guideline.status != "active") continue;
    // A rule that a person laid down has no sources, and needs no support.
    if (!guideline.sources.empty() && guideline.support < min_support) continue;
    playbook.rules.push_back({guideline.id, strategy::ParseRule(guideline), guideline.scope,
                              EstimateTokens(guideline.text)});
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
