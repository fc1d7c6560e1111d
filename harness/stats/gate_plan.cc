#include "harness/stats/gate_plan.h"

#include <cmath>

#include "harness/stats/checks.h"
#include "harness/stats/sample_size.h"

namespace kedge::stats {
namespace {

// Mean sample size over n_fix, informative rule, single stratum.
constexpr double kAtNoChange = 0.80;
constexpr double kAtDesign = 0.62;
constexpr double kAtTwice = 0.25;

std::int64_t Scaled(std::int64_t pairs, double factor) {
  return std::llround(std::ceil(factor * static_cast<double>(pairs)));
}

// Pairs that exclude `margin` at a true difference of 0.
std::int64_t NoninferiorityPairs(const GateDesign& d, double psi, double margin) {
  return RequiredPairs({psi, 0, margin, d.alpha, d.beta});
}

ComponentPlan PlanComponent(const GateDesign& d, const std::string& name, double psi, double margin,
                            double share) {
  ComponentPlan plan{name, margin, NoninferiorityPairs(d, psi, margin), 0, true};
  plan.expected_pairs = Scaled(plan.fixed_pairs, kAtDesign);
  plan.reachable =
      0.5 * static_cast<double>(plan.fixed_pairs) <= share * static_cast<double>(d.max_pairs);
  return plan;
}

// The overall test in rounds, each a weighted mean over strata, times the pairs of a round.
std::int64_t OverallPairs(const GateDesign& d, double psi) {
  const double round_psi = d.overall_psi0() / d.psi0 * psi;
  const double effect = d.delta_star;
  // A design whose spread is below the effect needs one round.
  if (round_psi <= effect * effect) return d.pairs_per_round();
  const double rounds = RequiredPairsExact({round_psi, effect, 0, d.alpha, d.beta});
  return std::llround(std::ceil(rounds * d.pairs_per_round()));
}

}  // namespace

GatePlan PlanGate(const GateDesign& design, double psi, double guard_psi) {
  design.Validate();
  const double strata_psi = psi == 0 ? design.psi0 : psi;
  const double guards_psi = guard_psi == 0 ? design.guard_psi0 : guard_psi;
  GatePlan plan;
  plan.fixed_pairs = OverallPairs(design, strata_psi);
  plan.expected_no_change = Scaled(plan.fixed_pairs, kAtNoChange);
  plan.expected_at_design = Scaled(plan.fixed_pairs, kAtDesign);
  plan.expected_at_twice = Scaled(plan.fixed_pairs, kAtTwice);
  plan.suggested_max_pairs = 2 * plan.fixed_pairs;
  plan.smallest_max_pairs = Scaled(plan.fixed_pairs, 0.5);
  for (const StratumDesign& s : design.strata) {
    // Once the overall question is settled only open strata draw, so one stratum may use up to
    // half.
    plan.components.push_back(
        PlanComponent(design, s.name, strata_psi, s.delta, design.strata.size() == 1 ? 1.0 : 0.5));
  }
  for (const GuardDesign& g : design.guards) {
    plan.components.push_back(PlanComponent(design, g.name, guards_psi, g.margin, 1.0));
  }
  return plan;
}

void RequireReachable(const GateDesign& design, const GatePlan& plan) {
  if (design.max_pairs >= plan.smallest_max_pairs) return;
  throw BadData("max_pairs " + std::to_string(design.max_pairs) +
                " cannot reach a verdict: a fixed-size test needs " +
                std::to_string(plan.fixed_pairs) + " pairs; set max_pairs to " +
                std::to_string(plan.suggested_max_pairs) + " (at least " +
                std::to_string(plan.smallest_max_pairs) + ") or raise delta_star");
}

}  // namespace kedge::stats
