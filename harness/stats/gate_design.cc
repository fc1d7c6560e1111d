#include "harness/stats/gate_design.h"

#include <cmath>
#include <set>

#include "harness/stats/checks.h"

namespace kedge::stats {
namespace {

void CheckName(const std::string& kind, const std::string& name, std::set<std::string>& seen) {
  if (name.empty()) throw BadData(kind + ": a name is missing");
  if (!seen.insert(name).second) throw BadData(kind + " '" + name + "' is named twice");
}

void CheckStrata(const std::vector<StratumDesign>& strata) {
  Require(!strata.empty(), "a gate needs at least one stratum");
  std::set<std::string> names;
  double sum = 0;
  for (const StratumDesign& s : strata) {
    CheckName("stratum", s.name, names);
    const std::string where = "stratum '" + s.name + "': ";
    Require(s.weight > 0 && s.weight <= 1, where + "weight must lie in (0, 1]");
    RequireLevel(s.delta, where + "delta");
    Require(s.tau >= 0 && s.tau < s.delta, where + "tau must lie in [0, delta)");
    Require(s.pairs_per_round >= 1 && s.pairs_per_round <= 1000,
            where + "pairs_per_round must lie in [1, 1000]");
    sum += s.weight;
  }
  if (std::fabs(sum - 1) > 1e-9) {
    throw BadData("the strata weights must sum to 1, not " + std::to_string(sum));
  }
}

void CheckGuards(const std::vector<GuardDesign>& guards) {
  std::set<std::string> names;
  for (const GuardDesign& g : guards) {
    CheckName("guard", g.name, names);
    const std::string where = "guard '" + g.name + "': ";
    RequireLevel(g.margin, where + "margin");
    if (g.absolute_max) RequireLevel(*g.absolute_max, where + "absolute_max");
  }
}

void CheckResources(const std::vector<ResourceDesign>& resources) {
  std::set<std::string> names;
  for (const ResourceDesign& r : resources) {
    CheckName("resource", r.name, names);
    const std::string where = "resource '" + r.name + "': ";
    RequirePositive(r.cap, where + "cap");
    // The design mean of the test is tolerance * champion_mean, so neither may be 0.
    RequirePositive(r.tolerance, where + "tolerance");
    Require(r.champion_mean > 0 && r.champion_mean <= r.cap,
            where + "champion_mean must lie in (0, cap]");
    Require(r.prior_second_moment > 0 && r.prior_second_moment <= 1,
            where + "prior_second_moment must lie in (0, 1]");
  }
}

}  // namespace

void GateDesign::Validate() const {
  RequireLevel(alpha, "alpha");
  RequireLevel(alpha_block, "alpha_block");
  RequireLevel(beta, "beta");
  RequireLevel(delta_star, "delta_star");
  RequireLevel(delta_overall, "delta_overall");
  Require(psi0 > 0 && psi0 <= 1, "psi0 must lie in (0, 1]");
  Require(guard_psi0 > 0 && guard_psi0 <= 1, "guard_psi0 must lie in (0, 1]");
  RequirePositive(n_v, "n_v");
  RequireLevel(cap, "cap");
  Require(max_pairs >= 1, "max_pairs must be at least 1");
  CheckStrata(strata);
  CheckGuards(guards);
  CheckResources(resources);
  if (objective != Objective::kQuality) {
    Require(!resources.empty(), "a cost objective needs a resource");
    RequireLevel(saving, "saving");
  }
}

int GateDesign::pairs_per_round() const {
  int pairs = 0;
  for (const StratumDesign& s : strata) pairs += s.pairs_per_round;
  return pairs;
}

double GateDesign::overall_psi0() const {
  double share = 0;
  for (const StratumDesign& s : strata) share += s.weight * s.weight / s.pairs_per_round;
  return psi0 * share;
}

}  // namespace kedge::stats
