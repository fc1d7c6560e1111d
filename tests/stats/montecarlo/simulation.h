#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/parallel.h"
#include "harness/core/random.h"
#include "harness/stats/sequential_gate.h"

namespace kedge::stats_sim {

/// Chances that a pair is won (D = +1) or lost (D = -1) by the candidate.
struct PairRates {
  double win = 0;
  double loss = 0;
  double psi() const { return win + loss; }
};

/// Binary outcomes with the given pass rates and correlation between the arms.
PairRates Correlated(double champion, double candidate, double rho);

double DrawDifference(const PairRates& rates, Random& random);

/// Standard normal by Box and Muller.
double DrawNormal(Random& random);
/// Gamma(shape, 1), shape >= 1 (Marsaglia and Tsang 2000); Beta(a, b), a, b >= 1.
double DrawGamma(double shape, Random& random);
double DrawBeta(double a, double b, Random& random);

/// The fixed-size test with alpha = 0.05, beta = 0.10 at the design effect.
std::int64_t FixedPairs(double champion, double effect, double rho);

/// One stratum, all margins equal to delta_star, cap 2 * FixedPairs.
stats::GateDesign SingleSuite(double delta_star, double psi0, std::int64_t max_pairs);
/// Four equal strata with margin 0.10, delta_star = delta_overall = 0.05, psi0 = 0.25.
stats::GateDesign FourSuites(std::int64_t max_pairs);

struct GateRun {
  stats::Verdict verdict = stats::Verdict::kUndecided;
  std::int64_t pairs = 0;
};

/// Runs a gate to its verdict; `draw(stratum)` gives the next difference.
template <typename Draw>
GateRun RunGate(const stats::GateDesign& design, const Draw& draw) {
  stats::SequentialGate gate(design);
  for (std::vector<int> round = gate.NextRound(); !round.empty(); round = gate.NextRound()) {
    for (const int s : round) {
      stats::PairObservation pair;
      pair.difference = draw(s);
      gate.AddPair(s, pair);
    }
    gate.EndRound();
  }
  return {gate.verdict(), gate.pairs()};
}

/// Runs a gate on independent pairs with these rates per stratum.
GateRun RunGate(const stats::GateDesign& design, const std::vector<PairRates>& rates,
                Random& random);

/// `count` replicates on two threads, each with its own stream of a fixed seed: the result does not
/// depend on the threads.
template <typename Body>
auto Replicate(std::int64_t count, std::uint64_t seed, const Body& body) {
  using Result = decltype(body(std::declval<Random&>()));
  std::vector<Result> results(static_cast<std::size_t>(count));
  constexpr std::size_t kChunk = 64;
  const std::size_t chunks = (results.size() + kChunk - 1) / kChunk;
  ParallelFor(chunks, 2, [&](std::size_t chunk) {
    const std::size_t end = std::min(results.size(), (chunk + 1) * kChunk);
    for (std::size_t i = chunk * kChunk; i < end; ++i) {
      Random random(seed, i);
      results[i] = body(random);
    }
  });
  return results;
}

/// Shares of verdicts and the mean number of pairs.
struct Tally {
  double promote = 0;
  double block = 0;
  double no_difference = 0;
  double pairs = 0;
  double count = 0;
};
Tally Summarise(const std::vector<GateRun>& runs);

/// `count` replicates of a gate on independent pairs.
Tally Simulate(const stats::GateDesign& design, const std::vector<PairRates>& rates,
               std::int64_t count, std::uint64_t seed);

/// A measured rate may pass an upper (lower) bar by 2.33 Monte Carlo standard errors.
double UpperBar(double bound, double count);
double LowerBar(double bound, double count);

/// Prints a line of the measured table.
void Report(const std::string& bar, const std::string& scenario, const std::string& measured);
std::string Digits(double value, int digits = 3);

}  // namespace kedge::stats_sim
