#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/stats/gate_design.h"

namespace kedge::stats {

/// What a stratum or guard costs by itself, in its own pairs.
struct ComponentPlan {
  std::string name;
  double margin = 0;
  std::int64_t fixed_pairs = 0;  ///< fixed-size test that excludes the margin when nothing changed
  std::int64_t expected_pairs = 0;  ///< about, sequentially
  bool reachable = true;            ///< half of `fixed_pairs` fits into its share of max_pairs
};

/// What a design costs before anything is run. Pairs; times the price of two runs for money.
struct GatePlan {
  std::int64_t fixed_pairs = 0;  ///< n_fix: fixed-size test with the same errors at delta_star
  std::int64_t expected_no_change = 0;   ///< about, at a true effect of 0
  std::int64_t expected_at_design = 0;   ///< ... of delta_star
  std::int64_t expected_at_twice = 0;    ///< ... of 2 delta_star
  std::int64_t suggested_max_pairs = 0;  ///< 2 n_fix
  std::int64_t smallest_max_pairs = 0;   ///< below this the design is refused
  std::vector<ComponentPlan> components;
};

/// Plans with discordance `psi` = E[D^2] (strata) and `guard_psi` (guards), both in (0, 1]; the
/// design's own priors when 0. The factors between fixed and sequential sizes were measured by
/// simulation (harness/stats/README.md).
GatePlan PlanGate(const GateDesign& design, double psi = 0, double guard_psi = 0);

/// Throws Error(kBadData) when max_pairs is below half of n_fix: such a gate could hardly ever
/// promote anything, which is a mistake of configuration, not a verdict. The message says what
/// max_pairs would do.
void RequireReachable(const GateDesign& design, const GatePlan& plan);

}  // namespace kedge::stats
