#include "harness/stats/gate_design.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "harness/core/error.h"
#include "harness/stats/gate_plan.h"
#include "tests/stats/gate_fixtures.h"

namespace kedge::stats {
namespace {

using stats_fixtures::OneStratum;
using stats_fixtures::Stratum;
using stats_fixtures::TwoStrataAndGuard;

TEST(GateDesign, RefusesEveryValueOutsideItsRange) {
  const std::vector<std::function<void(GateDesign&)>> breaks = {
      [](GateDesign& d) { d.alpha = 0; },
      [](GateDesign& d) { d.alpha_block = 1; },
      [](GateDesign& d) { d.beta = std::nan(""); },
      [](GateDesign& d) { d.delta_star = 0; },
      [](GateDesign& d) { d.delta_overall = -.1; },
      [](GateDesign& d) { d.psi0 = 1.5; },
      [](GateDesign& d) { d.guard_psi0 = 0; },
      [](GateDesign& d) { d.n_v = 0; },
      [](GateDesign& d) { d.cap = 1; },
      [](GateDesign& d) { d.max_pairs = 0; },
      [](GateDesign& d) { d.strata.clear(); },
      [](GateDesign& d) { d.strata[0].weight = .5; },
      [](GateDesign& d) { d.strata[0].delta = 0; },
      [](GateDesign& d) { d.strata[0].tau = d.strata[0].delta; },
      [](GateDesign& d) { d.strata[0].pairs_per_round = 0; },
      [](GateDesign& d) { d.strata[1].name = d.strata[0].name; },
      [](GateDesign& d) { d.strata[0].name.clear(); },
      [](GateDesign& d) { d.guards[0].margin = 0; },
      [](GateDesign& d) { d.guards[0].absolute_max = 0; },
      [](GateDesign& d) { d.guards.push_back(d.guards[0]); },
      [](GateDesign& d) {
        d.resources = {{"cost", 0, 1, .1, .01}};
      },
      [](GateDesign& d) {
        d.resources = {{"cost", .1, 0, .1, .01}};
      },
      [](GateDesign& d) {
        d.resources = {{"cost", .1, 1, 2, .01}};
      },
      [](GateDesign& d) {
        d.resources = {{"cost", .1, 1, .1, 0}};
      },
      [](GateDesign& d) { d.objective = Objective::kCost; },
  };
  EXPECT_NO_THROW(TwoStrataAndGuard().Validate());
  for (std::size_t i = 0; i < breaks.size(); ++i) {
    GateDesign d = TwoStrataAndGuard();
    breaks[i](d);
    EXPECT_THROW(d.Validate(), Error) << i;
  }
}

TEST(GateDesign, OverallMomentFollowsWeightsAndPairs) {
  const GateDesign d = TwoStrataAndGuard();
  EXPECT_EQ(d.pairs_per_round(), 3);
  EXPECT_DOUBLE_EQ(d.overall_psi0(), .25 * (.36 + .16 / 2));
}

TEST(GatePlan, MatchesTheFixedSizeFormula) {
  GateDesign d = OneStratum();
  d.delta_star = .05;
  const GatePlan plan = PlanGate(d, .2355);
  EXPECT_NEAR(static_cast<double>(plan.fixed_pairs), 799, 4);
  EXPECT_EQ(plan.suggested_max_pairs, 2 * plan.fixed_pairs);
  EXPECT_LT(plan.expected_at_twice, plan.expected_at_design);
  EXPECT_LT(plan.expected_at_design, plan.expected_no_change);
  // Equal strata cost no more than one: a round of four pairs has a quarter of the variance.
  d.strata = {Stratum("a", .25), Stratum("b", .25), Stratum("c", .25), Stratum("d", .25)};
  const GatePlan four = PlanGate(d, .2355);
  EXPECT_NEAR(static_cast<double>(four.fixed_pairs), static_cast<double>(plan.fixed_pairs), 40);
  EXPECT_EQ(four.components.size(), 4U);
}

TEST(GatePlan, RefusesDesignsThatCannotPass) {
  GateDesign d = OneStratum();
  const GatePlan plan = PlanGate(d);
  d.max_pairs = plan.smallest_max_pairs;
  EXPECT_NO_THROW(RequireReachable(d, plan));
  d.max_pairs = plan.smallest_max_pairs - 1;
  try {
    RequireReachable(d, plan);
    FAIL() << "an unreachable design was accepted";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kBadData);
    EXPECT_NE(std::string(e.what()).find(std::to_string(plan.suggested_max_pairs)),
              std::string::npos);
  }
}

TEST(GatePlan, FlagsStrataThatAreOutOfReach) {
  GateDesign d = TwoStrataAndGuard();
  d.strata[1].delta = .02;
  const GatePlan plan = PlanGate(d);
  EXPECT_TRUE(plan.components[0].reachable);
  EXPECT_FALSE(plan.components[1].reachable);
}

}  // namespace
}  // namespace kedge::stats
