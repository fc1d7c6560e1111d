// Error rates of the sequential gate: bars G1-G6, G8-G10, G12.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "harness/stats/betting.h"
#include "tests/stats/montecarlo/simulation.h"

namespace kedge::stats_sim {
namespace {

constexpr std::int64_t kReps = 4000;

std::string Shares(const Tally& t) {
  return "PROMOTE " + Digits(t.promote) + "  BLOCK " + Digits(t.block) + "  NO_DIFF " +
         Digits(t.no_difference) + "  pairs " + Digits(t.pairs, 0);
}

struct Scenario {
  double champion;
  double rho;
  double delta_star;
};

// Stops anywhere: counts a run as an error if its evidence ever crossed before the cap, whether or
// not the rule would have ended the run by then.
struct Crossings {
  bool promote = false;
  bool block = false;
};

Crossings EverCrossed(const PairRates& rates, const stats::GateDesign& d, Random& random) {
  const auto bet = [&](double null_mean, double design_mean) {
    return stats::BetProcess({null_mean, design_mean, d.psi0, d.n_v, d.cap});
  };
  stats::BetProcess gain = bet(0, d.delta_star);
  stats::BetProcess loss = bet(0, d.delta_star);
  stats::BetProcess noninferior = bet(-d.delta_star, 0);
  const double threshold = std::log(1 / d.alpha);
  double top_gain = 0;
  double top_noninferior = 0;
  double top_loss = 0;
  for (std::int64_t i = 0; i < d.max_pairs; ++i) {
    const double x = DrawDifference(rates, random);
    gain.Update(x);
    loss.Update(-x);
    noninferior.Update(x);
    top_gain = std::max(top_gain, gain.log_wealth());
    top_loss = std::max(top_loss, loss.log_wealth());
    top_noninferior = std::max(top_noninferior, noninferior.log_wealth());
  }
  return {top_gain >= threshold && top_noninferior >= threshold, top_loss >= threshold};
}

TEST(GateBars, G1NoChangeStopAnywhere) {
  std::uint64_t seed = 1000;
  for (const Scenario s : {Scenario{.6, 0, .05}, Scenario{.6, .5, .05}, Scenario{.8, .47, .05},
                           Scenario{.6, 0, .10}, Scenario{.6, .5, .10}, Scenario{.8, .47, .10}}) {
    const PairRates rates = Correlated(s.champion, s.champion, s.rho);
    const auto design =
        SingleSuite(s.delta_star, .35, 2 * FixedPairs(s.champion, s.delta_star, s.rho));
    const auto runs = Replicate(kReps, ++seed,
                                [&](Random& random) { return EverCrossed(rates, design, random); });
    double promote = 0;
    double block = 0;
    for (const Crossings& c : runs) {
      promote += c.promote;
      block += c.block;
    }
    promote /= kReps;
    block /= kReps;
    Report("G1",
           "A/A p " + Digits(s.champion, 1) + " rho " + Digits(s.rho, 2) + " delta* " +
               Digits(s.delta_star, 2),
           "PROMOTE " + Digits(promote) + "  BLOCK " + Digits(block));
    EXPECT_LE(promote, UpperBar(.05, kReps));
    EXPECT_LE(block, UpperBar(.05, kReps));
    EXPECT_GT(promote + block, .02) << "no power at all would pass this bar too";
  }
}

std::vector<PairRates> Effects(double rho, const std::array<double, 4>& effects) {
  std::vector<PairRates> rates;
  for (const double e : effects) rates.push_back(Correlated(.6, .6 + e, rho));
  return rates;
}

TEST(GateBars, G2GainThatHidesOneStratumAtItsMargin) {
  const Tally t = Simulate(FourSuites(1600), Effects(.5, {.10, .10, .10, -.10}), kReps, 2001);
  Report("G2", "+.10 x3, one at -delta_s", Shares(t));
  EXPECT_LE(t.promote, UpperBar(.05, kReps));
}

TEST(GateBars, G3OverallExactlyZero) {
  const Tally t = Simulate(FourSuites(1600), Effects(.5, {.05, .05, -.05, -.05}), kReps, 3001);
  Report("G3", "+.05 x2, -.05 x2", Shares(t));
  EXPECT_LE(t.promote, UpperBar(.05, kReps));
}

TEST(GateBars, G4GainOfDeltaStarEverywhere) {
  const Tally related = Simulate(FourSuites(1600), Effects(.5, {.05, .05, .05, .05}), kReps, 4001);
  Report("G4", "+.05 x4, rho .5", Shares(related));
  EXPECT_GE(related.promote, LowerBar(.88, kReps));
  const Tally unrelated = Simulate(FourSuites(3200), Effects(0, {.05, .05, .05, .05}), kReps, 4002);
  Report("G4", "+.05 x4, rho 0", Shares(unrelated));
  EXPECT_GE(unrelated.promote, LowerBar(.85, kReps));
}

TEST(GateBars, G5OneStratumAtMinusDelta) {
  const Tally t = Simulate(FourSuites(1600), Effects(.5, {0, 0, 0, -.10}), kReps, 5001);
  Report("G5", "0 x3, -.10", Shares(t));
  EXPECT_GE(t.block, LowerBar(.87, kReps));
  EXPECT_LE(t.no_difference, UpperBar(.10, kReps));
  EXPECT_LE(t.promote, UpperBar(.01, kReps));
}

TEST(GateBars, G6OneStratumAtTwiceMinusDelta) {
  const Tally t = Simulate(FourSuites(1600), Effects(.5, {0, 0, 0, -.20}), kReps, 6001);
  Report("G6", "0 x3, -.20", Shares(t));
  EXPECT_GE(t.block, LowerBar(.99, kReps));
  EXPECT_LE(t.pairs, 0.5 * static_cast<double>(FixedPairs(.6, .05, .5)));
}

TEST(GateBars, G8PriorDiscordanceWrongByTwo) {
  const PairRates rates = Correlated(.6, .65, .5);
  const auto fixed = FixedPairs(.6, .05, .5);
  const Tally large = Simulate(SingleSuite(.05, 2 * rates.psi(), 2 * fixed), {rates}, kReps, 8001);
  const Tally small = Simulate(SingleSuite(.05, rates.psi() / 2, 2 * fixed), {rates}, kReps, 8002);
  Report("G8", "psi0 x2 at delta*",
         Shares(large) + " = " + Digits(large.pairs / static_cast<double>(fixed), 2) + " n_fix");
  Report("G8", "psi0 x1/2 at delta*", Shares(small));
  EXPECT_LE(large.pairs, .78 * static_cast<double>(fixed));
  EXPECT_GE(small.promote, LowerBar(.82, kReps));
}

Tally PartialCredit(double champion_a, double candidate_a, std::uint64_t seed) {
  const auto design = SingleSuite(.05, .25, 1600);
  return Summarise(Replicate(kReps, seed, [&](Random& random) {
    return RunGate(design, [&](int) {
      return DrawBeta(candidate_a, 2, random) - DrawBeta(champion_a, 2, random);
    });
  }));
}

TEST(GateBars, G9PartialCredit) {
  const Tally same = PartialCredit(3, 3, 9001);
  Report("G9", "Beta scores, A/A", Shares(same));
  EXPECT_LE(same.promote, UpperBar(.05, kReps));
  EXPECT_LE(same.block, UpperBar(.05, kReps));
  const Tally better = PartialCredit(3, 4.2, 9002);  // means .600 and .677
  Report("G9", "Beta scores, +.077", Shares(better));
  EXPECT_GE(better.promote, LowerBar(.95, kReps));
  const Tally worse = PartialCredit(4.2, 3, 9003);
  Report("G9", "Beta scores, -.077", Shares(worse));
  EXPECT_GE(worse.block, LowerBar(.95, kReps));
}

// Tasks with fixed effects that average 0, visited in a fresh random order per pass.
TEST(GateBars, G10HeterogeneousTasksInRandomPasses) {
  constexpr std::size_t kTasks = 100;
  for (const double spread : {0.0, 0.15, 0.3}) {
    const auto design = SingleSuite(.05, .25, 1600);
    const auto runs = Replicate(kReps, 10001, [&](Random& random) {
      std::vector<std::size_t> order(kTasks);
      for (std::size_t i = 0; i < kTasks; ++i) order[i] = i;
      std::size_t next = kTasks;
      return RunGate(design, [&](int) {
        if (next == kTasks) {
          random.Shuffle(order);
          next = 0;
        }
        const double effect = order[next++] % 2 == 0 ? spread : -spread;
        return DrawDifference(Correlated(.5 - effect / 2, .5 + effect / 2, .5), random);
      });
    });
    const Tally t = Summarise(runs);
    Report("G10", "task effects +-" + Digits(spread, 2) + ", suite mean 0", Shares(t));
    EXPECT_LE(t.promote, UpperBar(.05, kReps));
    EXPECT_LE(t.block, UpperBar(.05, kReps));
  }
}

// Share of runs that exclude a cost ratio above 1.2 within 2000 pairs, and their mean length.
struct CostRun {
  bool shown = false;
  double pairs = 0;
};

CostRun RunCost(double ratio, Random& random) {
  const double cap = 0.4;
  const double mean = 0.1;
  const double sigma = 0.5;
  stats::GateDesign d = SingleSuite(.02, 1, 2000);
  d.resources = {{"cost", .20, cap, mean, .01}};
  stats::SequentialGate gate(d);
  const auto amount = [&](double m) {
    return m * std::exp(sigma * DrawNormal(random) - sigma * sigma / 2);
  };
  CostRun run;
  for (std::vector<int> round = gate.NextRound(); !round.empty() && !run.shown;
       round = gate.NextRound()) {
    const double champion = amount(mean);
    const double candidate = amount(ratio * mean);
    // Alternating wins and losses leave the question of quality open.
    const double difference = gate.pairs() % 2 == 0 ? 1 : -1;
    gate.AddPair(0, {difference, {}, {}, {&champion, 1}, {&candidate, 1}});
    gate.EndRound();
    run.shown = gate.Evidence().resources[0].within_limit;
    run.pairs = static_cast<double>(gate.pairs());
  }
  return run;
}

TEST(GateBars, G12CostLimit) {
  constexpr std::int64_t kRuns = 1000;
  for (const double ratio : {1.0, 1.3}) {
    double shown = 0;
    double pairs = 0;
    for (const CostRun& r :
         Replicate(kRuns, 12001, [ratio](Random& random) { return RunCost(ratio, random); })) {
      shown += r.shown;
      pairs += r.pairs;
    }
    shown /= kRuns;
    pairs /= kRuns;
    Report("G12", "cost ratio " + Digits(ratio, 1) + ", limit 1.2",
           "shown " + Digits(shown) + "  pairs " + Digits(pairs, 0));
    if (ratio == 1.0) {
      EXPECT_GE(shown, LowerBar(.99, kRuns));
    } else {
      EXPECT_LE(shown, UpperBar(.01, kRuns));
    }
  }
}

}  // namespace
}  // namespace kedge::stats_sim
