// What the sequential gate costs against the fixed-size test and the lower bound: bar G7.
#include <gtest/gtest.h>

#include "harness/stats/sprt.h"
#include "tests/stats/montecarlo/simulation.h"

namespace kedge::stats_sim {
namespace {

constexpr std::int64_t kCostRuns = 3000;
constexpr double kChampion = .6;

struct CostScenario {
  double effect;
  double rho;
  double delta_star;
};

std::string Name(const CostScenario& s) {
  return "p .60 effect " + Digits(s.effect, 2) + " rho " + Digits(s.rho, 1) + " delta* " +
         Digits(s.delta_star, 2);
}

Tally Measure(const CostScenario& s, std::uint64_t seed,
              stats::HoldMode mode = stats::HoldMode::kInformative) {
  auto design = SingleSuite(s.delta_star, .35, 2 * FixedPairs(kChampion, s.delta_star, s.rho));
  design.hold_mode = mode;
  return Simulate(design, {Correlated(kChampion, kChampion + s.effect, s.rho)}, kCostRuns, seed);
}

double OfFixed(const Tally& t, const CostScenario& s) {
  return t.pairs / static_cast<double>(FixedPairs(kChampion, s.delta_star, s.rho));
}

TEST(GateCost, G7GainAtTheDesignEffect) {
  std::uint64_t seed = 7000;
  for (const CostScenario s : {CostScenario{.10, 0, .10}, CostScenario{.10, .5, .10},
                               CostScenario{.05, 0, .05}, CostScenario{.05, .5, .05}}) {
    const PairRates rates = Correlated(kChampion, kChampion + s.effect, s.rho);
    const double bound = stats::WaldLowerBound(rates.win, rates.loss, 0, .05, .10).pairs;
    const Tally t = Measure(s, ++seed);
    Report("G7", Name(s),
           "pairs " + Digits(t.pairs, 0) + " = " + Digits(t.pairs / bound, 2) +
               " bound = " + Digits(OfFixed(t, s), 2) + " n_fix  PROMOTE " + Digits(t.promote));
    EXPECT_LE(t.pairs, 1.25 * bound);
    EXPECT_LE(OfFixed(t, s), .70);
    EXPECT_GE(t.promote, LowerBar(.88, kCostRuns));
  }
}

TEST(GateCost, G7LossAtTheDesignEffect) {
  std::uint64_t seed = 7100;
  for (const CostScenario s : {CostScenario{-.10, 0, .10}, CostScenario{-.10, .5, .10},
                               CostScenario{-.05, 0, .05}, CostScenario{-.05, .5, .05}}) {
    const PairRates rates = Correlated(kChampion, kChampion + s.effect, s.rho);
    const double bound = stats::WaldLowerBound(rates.loss, rates.win, 0, .05, .10).pairs;
    const Tally t = Measure(s, ++seed);
    Report("G7", Name(s),
           "pairs " + Digits(t.pairs, 0) + " = " + Digits(t.pairs / bound, 2) +
               " bound = " + Digits(OfFixed(t, s), 2) + " n_fix  BLOCK " + Digits(t.block));
    EXPECT_LE(OfFixed(t, s), .75);
    EXPECT_GE(t.block, LowerBar(.85, kCostRuns));
  }
}

TEST(GateCost, G7NoChange) {
  std::uint64_t seed = 7200;
  for (const CostScenario s : {CostScenario{0, 0, .10}, CostScenario{0, .5, .10},
                               CostScenario{0, 0, .05}, CostScenario{0, .5, .05}}) {
    const Tally full = Measure(s, ++seed);
    const Tally economy = Measure(s, ++seed, stats::HoldMode::kEconomy);
    Report("G7", Name(s),
           "pairs " + Digits(full.pairs, 0) + " = " + Digits(OfFixed(full, s), 2) +
               " n_fix  economy " + Digits(OfFixed(economy, s), 2) + " n_fix");
    EXPECT_LE(OfFixed(full, s), .95);
    EXPECT_LE(OfFixed(economy, s), .60);
    EXPECT_LE(full.promote, UpperBar(.05, kCostRuns));
    EXPECT_LE(full.block, UpperBar(.05, kCostRuns));
  }
}

TEST(GateCost, G7TwiceTheDesignEffect) {
  std::uint64_t seed = 7300;
  for (const CostScenario s : {CostScenario{.10, 0, .05}, CostScenario{.10, .5, .05}}) {
    const Tally t = Measure(s, ++seed);
    Report("G7", Name(s),
           "pairs " + Digits(t.pairs, 0) + " = " + Digits(OfFixed(t, s), 2) + " n_fix  PROMOTE " +
               Digits(t.promote));
    EXPECT_LE(OfFixed(t, s), .30);
  }
}

}  // namespace
}  // namespace kedge::stats_sim
