#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/core/random.h"
#include "harness/stats/sequential_gate.h"

namespace kedge::stats_fixtures {

/// What a pair of a scripted run shows.
struct ScriptedPair {
  double difference = 0;
  std::vector<double> guards;
  std::vector<double> violations;
  std::vector<double> champion_amounts;
  std::vector<double> candidate_amounts;

  stats::PairObservation View() const {
    return {difference, guards, violations, champion_amounts, candidate_amounts};
  }
};

inline stats::StratumDesign Stratum(const std::string& name, double weight, double delta = .10) {
  stats::StratumDesign s;
  s.name = name;
  s.weight = weight;
  s.delta = delta;
  return s;
}

/// One stratum with margins of 0.10 throughout.
inline stats::GateDesign OneStratum(std::int64_t max_pairs = 600) {
  stats::GateDesign d;
  d.delta_star = d.delta_overall = .10;
  d.max_pairs = max_pairs;
  d.strata = {Stratum("all", 1)};
  return d;
}

inline stats::GateDesign TwoStrataAndGuard(std::int64_t max_pairs = 900) {
  stats::GateDesign d = OneStratum(max_pairs);
  d.strata = {Stratum("orders", .6), Stratum("refunds", .4)};
  d.strata[1].pairs_per_round = 2;
  d.guards = {{"no_refund_first", .05, std::nullopt}};
  return d;
}

/// Adds one round; `next(stratum)` makes the pairs. False when there is none to run.
template <typename Next>
bool PlayRound(stats::SequentialGate& gate, const Next& next) {
  const std::vector<int> round = gate.NextRound();
  for (const int s : round) gate.AddPair(s, next(s).View());
  if (!round.empty()) gate.EndRound();
  return !round.empty();
}

template <typename Next>
stats::SequentialGate Play(const stats::GateDesign& design, const Next& next) {
  stats::SequentialGate gate(design);
  while (PlayRound(gate, next)) {
  }
  return gate;
}

/// -1, 0 or 1 with the given chances of a win and a loss.
inline double Draw(double win, double loss, Random& random) {
  const double u = random.Uniform();
  return u < win ? 1 : u < win + loss ? -1 : 0;
}

}  // namespace kedge::stats_fixtures
