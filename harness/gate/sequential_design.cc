#include "harness/gate/sequential_design.h"

namespace kedge::gate {
namespace {

stats::Objective ObjectiveOf(PromoteFor promote_for) {
  switch (promote_for) {
    case PromoteFor::kGain:
      return stats::Objective::kQuality;
    case PromoteFor::kSaving:
      return stats::Objective::kCost;
    case PromoteFor::kEither:
      return stats::Objective::kEither;
  }
  return stats::Objective::kQuality;
}

}  // namespace

stats::GateDesign MakeDesign(const GatePolicy& policy, const suite::Suite& suite, double alpha) {
  stats::GateDesign design;
  design.alpha = alpha;
  design.alpha_block = policy.alpha_block;
  design.beta = policy.beta;
  design.delta_star = policy.smallest_gain;
  design.delta_overall = policy.overall_margin;
  design.psi0 = policy.prior_discordance;
  design.max_pairs = policy.max_pairs;
  design.hold_mode = policy.economy ? stats::HoldMode::kEconomy : stats::HoldMode::kInformative;
  for (const suite::Stratum& stratum : suite.strata()) {
    stats::StratumDesign s;
    s.name = stratum.name;
    s.weight = stratum.weight;
    s.delta = stratum.critical ? policy.critical_stratum_margin : policy.stratum_margin;
    design.strata.push_back(std::move(s));
  }
  for (const std::string& guard : policy.rate_guards) {
    stats::GuardDesign g;
    g.name = guard;
    g.margin = policy.guard_margin;
    design.guards.push_back(std::move(g));
  }
  for (const ResourceLimit& limit : policy.resource_limits) {
    stats::ResourceDesign r;
    r.name = limit.name;
    r.tolerance = limit.max_ratio - 1;
    r.cap = limit.cap;
    r.champion_mean = limit.expected;
    design.resources.push_back(std::move(r));
  }
  design.objective = ObjectiveOf(policy.objective.promote_for);
  design.saving = policy.objective.smallest_saving;
  return design;
}

}  // namespace kedge::gate
