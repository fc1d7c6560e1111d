#pragma once

#include <cstdint>
#include <optional>

#include "harness/stats/betting.h"

namespace kedge::stats {

/// A fixed-size one-sided paired test of "Delta <= -margin" (margin 0: superiority).
struct PairedDesign {
  double psi = 0.25;  ///< E[D^2], for binary outcomes the discordance; in (0, 1]
  double delta = 0;   ///< the true mean difference to have power at
  double margin = 0;  ///< >= 0; delta + margin must be above 0
  double alpha = 0.05;
  double beta = 0.10;
};

/// (z_{1-alpha} + z_{1-beta})^2 (psi - delta^2) / (delta + margin)^2 pairs, before rounding up.
double RequiredPairsExact(const PairedDesign& design);
/// The same rounded up, at least 1.
std::int64_t RequiredPairs(const PairedDesign& design);

/// Smallest difference that n pairs show with power 1 - beta: (z_{1-alpha} + z_{1-beta})
/// sqrt(psi / n). psi >= 0, n > 0.
double MinimumDetectableEffect(double psi, double n, double alpha, double beta);

/// Average log growth of a bet per observation, and what it implies for going on.
struct GrowthForecast {
  double growth = 0;
  /// ceil((log_threshold - log_wealth) / growth): not above 0 once the threshold is reached, none
  /// when the growth is not positive.
  std::optional<std::int64_t> more;
};

/// Counts of past outcomes of a three-valued bet.
struct OutcomeCounts {
  std::int64_t wins = 0;
  std::int64_t losses = 0;
  std::int64_t total = 0;
};

/// Forecast for paired binary outcomes x in {-1, 0, 1}: outcome frequencies with `prior_pairs`
/// pseudo-pairs at the design, growth of the present bet against them. A planning number, not a
/// promise.
GrowthForecast ForecastBinary(const BetDesign& design, const BetProcess& bet,
                              const OutcomeCounts& counts, double log_threshold,
                              double prior_pairs = 20);

}  // namespace kedge::stats
