// First step of a gate: every file is read and validated before anything is spent.
#include <algorithm>

#include "harness/core/error.h"
#include "harness/gate/approval.h"
#include "harness/gate/refusals.h"
#include "harness/loop/gate_steps.h"

namespace kedge::loop {
namespace {

void CheckGuardNames(const gate::GatePolicy& policy, const guards::Policy& guard_policy,
                     const std::string& policy_file) {
  const std::vector<std::string> known = guard_policy.rule_ids();
  std::vector<std::string> names = policy.hard_guards;
  names.insert(names.end(), policy.rate_guards.begin(), policy.rate_guards.end());
  for (const auto& [name, episodes] : policy.minimum_exposure) names.push_back(name);
  const std::vector<std::string> shadow = guard_policy.shadow_rule_ids();
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw BadData("there is no rule '" + name + "' in " + policy.guard_policy)
          .At(policy_file, 0, "guards");
    }
    if (std::find(shadow.begin(), shadow.end(), name) == shadow.end()) continue;
    throw BadData("the rule '" + name + "' of " + policy.guard_policy +
                  " is in shadow mode, which no limit looks at; a rule with `verdict: warn` stops "
                  "nothing and can be limited")
        .At(policy_file, 0, "guards");
  }
}

// A budget that the sealed tasks cannot carry is refused here, before anything is spent.
std::shared_ptr<const suite::Suite> LoadVault(const gate::GatePolicy& policy,
                                              const GateSessionOptions& options) {
  if (!policy.vault) return nullptr;
  if (options.store_file.empty()) {
    throw UsageError(
        "the policy asks a vault on a budget, so the gate needs a store (--store FILE)");
  }
  auto vault = suite::Suite::Load(options.suite_folder, {.seed = options.suite_seed,
                                                         .split = "vault",
                                                         .variant = options.variant,
                                                         .data = options.data});
  gate::RequireVaultBudget(policy, static_cast<std::int64_t>(vault->tasks().size()));
  return vault;
}

}  // namespace

GateRules LoadGateRules(const std::string& policy_file) {
  GateRules rules;
  if (!policy_file.empty()) rules.policy = gate::LoadGatePolicy(policy_file);
  if (!rules.policy.guard_policy.empty()) {
    rules.guard_policy = guards::Policy::Load(rules.policy.guard_policy);
    CheckGuardNames(rules.policy, *rules.guard_policy, policy_file);
  }
  return rules;
}

GateFiles LoadGateFiles(const GateSessionOptions& options) {
  auto [policy, guard_policy] = LoadGateRules(options.policy_file);
  strategy::Strategy champion = strategy::Strategy::Load(options.champion_folder);
  strategy::Strategy candidate = strategy::Strategy::Load(options.candidate_folder);
  auto suite = suite::Suite::Load(
      options.suite_folder,
      {.seed = options.suite_seed, .variant = options.variant, .data = options.data});
  auto vault = LoadVault(policy, options);
  auto traces = LoadGateTraces(policy, options);
  // Without people who approve, nobody needs to know who wrote it.
  std::string author;
  if (!policy.change.approvals.keys.empty() || !options.author.empty()) {
    author = gate::AuthorOf(candidate, options.author);
  }
  return {std::move(policy), std::move(guard_policy), std::move(champion), std::move(candidate),
          std::move(suite),  std::move(vault),        std::move(traces),   std::move(author)};
}

}  // namespace kedge::loop
