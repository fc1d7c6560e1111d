#include "harness/stats/sample_size.h"

#include <algorithm>
#include <cmath>

#include "harness/stats/checks.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {
namespace {

double SumOfZ(double alpha, double beta) {
  RequireLevel(alpha, "alpha");
  RequireLevel(beta, "beta");
  return NormalQuantile(1 - alpha) + NormalQuantile(1 - beta);
}

}  // namespace

double RequiredPairsExact(const PairedDesign& design) {
  Require(design.psi > 0 && design.psi <= 1, "psi must lie in (0, 1]");
  Require(design.margin >= 0, "a margin cannot be negative");
  Require(design.delta + design.margin > 0, "the effect must lie above minus the margin");
  const double variance = design.psi - design.delta * design.delta;
  Require(variance > 0, "psi must exceed the squared effect");
  const double z = SumOfZ(design.alpha, design.beta) / (design.delta + design.margin);
  return z * z * variance;
}

std::int64_t RequiredPairs(const PairedDesign& design) {
  return std::max<std::int64_t>(1, std::llround(std::ceil(RequiredPairsExact(design))));
}

double MinimumDetectableEffect(double psi, double n, double alpha, double beta) {
  Require(psi >= 0 && psi <= 1, "psi must lie in [0, 1]");
  RequirePositive(n, "number of pairs");
  return SumOfZ(alpha, beta) * std::sqrt(psi / n);
}

GrowthForecast ForecastBinary(const BetDesign& design, const BetProcess& bet,
                              const OutcomeCounts& counts, double log_threshold,
                              double prior_pairs) {
  Require(counts.wins >= 0 && counts.losses >= 0 && counts.wins + counts.losses <= counts.total,
          "outcome counts: wins and losses exceed the total");
  Require(prior_pairs >= 0, "the number of prior pairs cannot be negative");
  const double n = static_cast<double>(counts.total) + prior_pairs;
  Require(n > 0, "a forecast needs observations or a prior");
  const double psi = design.prior_second_moment;
  const double wins =
      (static_cast<double>(counts.wins) + prior_pairs * (psi + design.design_mean) / 2) / n;
  const double losses =
      (static_cast<double>(counts.losses) + prior_pairs * (psi - design.design_mean) / 2) / n;
  const double lambda = bet.Lambda();
  GrowthForecast f;
  f.growth = wins * std::log1p(lambda * (1 - design.null_mean)) +
             losses * std::log1p(-lambda * (1 + design.null_mean)) +
             (1 - wins - losses) * std::log1p(-lambda * design.null_mean);
  if (f.growth > 0) {
    const double needed = std::ceil((log_threshold - bet.log_wealth()) / f.growth);
    f.more = std::llround(std::clamp(needed, -9e18, 9e18));
  }
  return f;
}

}  // namespace kedge::stats
