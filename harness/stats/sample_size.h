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

/// Power sums of the observations x a bet has seen.
struct OutcomeMoments {
  std::int64_t count = 0;
  double sum = 0;
  double squares = 0;
  double fourths = 0;

  void Add(double x) {
    ++count;
    sum += x;
    squares += x * x;
    fourths += x * x * x * x;
  }
};

/// Growth of the present bet against the outcomes seen so far plus `prior_pairs` pseudo-pairs at
/// the design (mean design_mean, second moment prior_second_moment). Outcomes are represented by
/// the distribution on {-a, 0, a} with the same first two moments, which is exact for paired binary
/// outcomes; a^2 = E[x^4] / E[x^2] of the data. A planning number, not a promise.
GrowthForecast ForecastGrowth(const BetDesign& design, const BetProcess& bet,
                              const OutcomeMoments& moments, double log_threshold,
                              double prior_pairs = 20);

}  // namespace kedge::stats
