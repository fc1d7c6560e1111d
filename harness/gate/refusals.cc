#include "harness/gate/refusals.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "harness/core/error.h"
#include "harness/gate/task_counts.h"
#include "harness/stats/vault.h"

namespace kedge::gate {
namespace {

constexpr std::int64_t kMostVaultTasks = 10'000'000;

[[nodiscard]] Error Refusal(const GatePolicy& policy, const char* field, std::string message) {
  return BadData(std::move(message))
      .At(policy.file.empty() ? "the default policy" : policy.file, 0, field);
}

// The field of kedge.yaml that holds a component's margin.
const char* MarginField(const GatePolicy& policy, const stats::GateDesign& design,
                        std::size_t component) {
  if (component >= design.strata.size()) return "guard_margin";
  return design.strata[component].delta == policy.stratum_margin ? "stratum_margin"
                                                                 : "critical_stratum_margin";
}

void RequireReachableComponent(const GatePolicy& policy, const stats::GateDesign& design,
                               const stats::GatePlan& plan, std::size_t index) {
  const stats::ComponentPlan& component = plan.components[index];
  if (component.reachable) return;
  const bool shares = index < design.strata.size() && design.strata.size() > 1;
  throw Refusal(
      policy, MarginField(policy, design, index),
      fmt::format("excluding a loss of {} in {} needs {} pairs in a fixed-size test, far more than "
                  "max_pairs {} leaves: expected max_pairs of at least {}, or a larger margin",
                  component.margin, component.name, component.fixed_pairs, design.max_pairs,
                  shares ? component.fixed_pairs : (component.fixed_pairs + 1) / 2));
}

void RequireIndependentTasks(const GatePolicy& policy, const suite::Suite& suite) {
  std::map<std::string, std::string> task_of_cluster;
  for (const suite::Task& task : suite.tasks()) {
    const auto [other, is_new] = task_of_cluster.emplace(task.cluster_id, task.id);
    if (is_new) continue;
    throw Refusal(policy, "claim",
                  fmt::format("a claim about a population needs independent tasks, but {} and {} "
                              "are of one cluster ({}): expected one task per cluster, or "
                              "`claim: suite`",
                              other->second, task.id, task.cluster_id));
  }
}

stats::VaultDesign VaultDesignOf(const GatePolicy& policy, std::int64_t tasks, double margin) {
  return {tasks, policy.prior_discordance, margin, policy.vault->queries, policy.alpha};
}

// The fewest tasks that carry one refusal at least.
std::int64_t EnoughVaultTasks(const GatePolicy& policy) {
  std::int64_t low = 1, high = kMostVaultTasks;
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    const stats::VaultDesign design = VaultDesignOf(policy, middle, policy.vault->margin);
    (stats::ComputeVaultBudget(design).fails >= 1 ? high : low) =
        stats::ComputeVaultBudget(design).fails >= 1 ? middle : middle + 1;
  }
  return low;
}

// The smallest margin, in steps of 0.01, that so many tasks carry; 0 when none does.
double EnoughVaultMargin(const GatePolicy& policy, std::int64_t tasks) {
  for (int percent = 1; percent <= 90; ++percent) {
    const double margin = percent / 100.0;
    if (stats::ComputeVaultBudget(VaultDesignOf(policy, tasks, margin)).fails >= 1) return margin;
  }
  return 0;
}

}  // namespace

void RequireReachable(const GatePolicy& policy, const stats::GateDesign& design,
                      const stats::GatePlan& plan) {
  const bool gain_counts = policy.objective.promote_for != PromoteFor::kSaving;
  if (gain_counts && design.max_pairs < plan.smallest_max_pairs) {
    throw Refusal(
        policy, "max_pairs",
        fmt::format("{} pairs can hardly ever show a gain of {}: a fixed-size test needs {} (at "
                    "alpha {:.3g}, prior_discordance {}); expected max_pairs of at least {}, "
                    "better {}, or a larger smallest_gain",
                    design.max_pairs, design.delta_star, plan.fixed_pairs, design.alpha,
                    design.psi0, plan.smallest_max_pairs, plan.suggested_max_pairs));
  }
  for (std::size_t i = 0; i < plan.components.size(); ++i) {
    RequireReachableComponent(policy, design, plan, i);
  }
}

void RequireFreshTasks(const GatePolicy& policy, const suite::Suite& suite) {
  if (policy.claim != Claim::kPopulation) return;
  RequireIndependentTasks(policy, suite);
  const std::vector<std::int64_t> tasks = TasksByStratum(suite);
  const auto strata = static_cast<std::int64_t>(tasks.size());
  const auto fewest = std::min_element(tasks.begin(), tasks.end());
  const std::int64_t most_pairs = strata * *fewest;
  if (policy.max_pairs <= most_pairs) return;
  const suite::Stratum& stratum = suite.strata()[static_cast<std::size_t>(fewest - tasks.begin())];
  throw Refusal(policy, "claim",
                fmt::format("a claim about a population uses every task once, but max_pairs {} "
                            "would use the {} tasks of stratum {} again: expected max_pairs of at "
                            "most {}, {} tasks in every stratum, or `claim: suite`",
                            policy.max_pairs, *fewest, stratum.name, most_pairs,
                            (policy.max_pairs + strata - 1) / strata));
}

void RequireVaultBudget(const GatePolicy& policy, std::int64_t vault_tasks) {
  if (!policy.vault) {
    throw Refusal(policy, "vault",
                  "sealed tasks may be asked on a budget only: expected `vault: {margin: LOSS, "
                  "queries: N}`, the loss to be excluded and how often that may be asked");
  }
  if (vault_tasks < 1) {
    throw Refusal(policy, "vault", "the suite has no vault tasks: expected a `vault` split");
  }
  const stats::VaultDesign design = VaultDesignOf(policy, vault_tasks, policy.vault->margin);
  if (stats::ComputeVaultBudget(design).fails >= 1) return;
  const double margin = EnoughVaultMargin(policy, vault_tasks);
  throw Refusal(
      policy, "vault",
      fmt::format("{} sealed tasks cannot tell a loss of {} from chance in {} questions: expected "
                  "at least {} tasks{}, or fewer queries",
                  vault_tasks, policy.vault->margin, policy.vault->queries,
                  EnoughVaultTasks(policy),
                  margin > 0 ? fmt::format(", a margin of at least {:.2f}", margin) : ""));
}

}  // namespace kedge::gate
