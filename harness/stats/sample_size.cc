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

// The a of the three-point distribution: from the data, kept where all three probabilities are
// non-negative.
double SupportOf(const OutcomeMoments& m, double first, double second) {
  const double wish = m.squares > 0 ? std::sqrt(m.fourths / m.squares) : 1;
  const double most = first == 0 ? 1 : std::min(1.0, second / std::fabs(first));
  return std::clamp(wish, std::min(std::sqrt(second), most), most);
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

GrowthForecast ForecastGrowth(const BetDesign& design, const BetProcess& bet,
                              const OutcomeMoments& moments, double log_threshold,
                              double prior_pairs) {
  Require(prior_pairs >= 0, "the number of prior pairs cannot be negative");
  const double n = static_cast<double>(moments.count) + prior_pairs;
  Require(n > 0, "a forecast needs observations or a prior");
  const double first = (moments.sum + prior_pairs * design.design_mean) / n;
  const double second = (moments.squares + prior_pairs * design.prior_second_moment) / n;
  const double a = SupportOf(moments, first, second);
  const double wins = (second / (a * a) + first / a) / 2;
  const double losses = (second / (a * a) - first / a) / 2;
  const double lambda = bet.Lambda();
  GrowthForecast f;
  f.growth = wins * std::log1p(lambda * (a - design.null_mean)) +
             losses * std::log1p(-lambda * (a + design.null_mean)) +
             (1 - wins - losses) * std::log1p(-lambda * design.null_mean);
  if (f.growth > 0) {
    const double needed = std::ceil((log_threshold - bet.log_wealth()) / f.growth);
    f.more = std::llround(std::clamp(needed, -9e18, 9e18));
  }
  return f;
}

}  // namespace kedge::stats
