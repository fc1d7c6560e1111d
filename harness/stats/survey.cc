#include "harness/stats/survey.h"

#include <algorithm>
#include <cmath>

#include "harness/stats/checks.h"

namespace kedge::stats {
namespace {

double StratifiedVariance(std::span<const double> w, std::span<const double> sd,
                          std::span<const double> share, double runs) {
  double variance = 0;
  for (std::size_t s = 0; s < w.size(); ++s) {
    if (sd[s] > 0) variance += w[s] * w[s] * sd[s] * sd[s] / (runs * share[s]);
  }
  return variance;
}

void CheckStrata(std::span<const double> weights, std::span<const double> sds, double runs) {
  RequireSameSize(weights.size(), sds.size(), "strata weights and deviations");
  RequirePositive(runs, "number of runs");
  double sum = 0;
  double spread = 0;
  for (std::size_t s = 0; s < weights.size(); ++s) {
    RequirePositive(weights[s], "stratum weight");
    Require(sds[s] >= 0 && std::isfinite(sds[s]), "a standard deviation must be finite and >= 0");
    sum += weights[s];
    spread += weights[s] * sds[s];
  }
  Require(std::fabs(sum - 1) < 1e-3, "strata weights must sum to 1");
  Require(spread > 0, "at least one stratum needs a positive standard deviation");
}

}  // namespace

SurveyEstimate HorvitzThompson(std::span<const double> y, std::span<const double> pi) {
  RequireSameSize(y.size(), pi.size(), "values and inclusion probabilities");
  Require(!y.empty(), "an estimate needs at least one sampled value");
  RequireFinite(y, "survey values");
  SurveyEstimate r;
  double squared_weights = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    Require(pi[i] > 0 && pi[i] <= 1, "an inclusion probability must lie in (0, 1]");
    r.total += y[i] / pi[i];
    r.population_size += 1 / pi[i];
    r.var_total += (1 - pi[i]) / (pi[i] * pi[i]) * y[i] * y[i];
    squared_weights += 1 / (pi[i] * pi[i]);
  }
  r.mean = r.total / r.population_size;
  for (std::size_t i = 0; i < y.size(); ++i) {
    r.var_mean += (1 - pi[i]) / (pi[i] * pi[i]) * (y[i] - r.mean) * (y[i] - r.mean);
  }
  r.var_mean /= r.population_size * r.population_size;
  r.se_mean = std::sqrt(r.var_mean);
  r.effective_n = r.population_size * r.population_size / squared_weights;
  return r;
}

Allocation AllocateRuns(std::span<const double> weights, std::span<const double> sds, double runs) {
  CheckStrata(weights, sds, runs);
  double spread = 0;
  for (std::size_t s = 0; s < weights.size(); ++s) spread += weights[s] * sds[s];
  Allocation a;
  for (std::size_t s = 0; s < weights.size(); ++s) {
    a.neyman.push_back(weights[s] * sds[s] / spread);
    a.defensive.push_back(0.5 * weights[s] + 0.5 * a.neyman.back());
    a.max_weight = std::max(a.max_weight, weights[s] / a.defensive.back());
  }
  a.var_proportional = StratifiedVariance(weights, sds, weights, runs);
  a.var_neyman = StratifiedVariance(weights, sds, a.neyman, runs);
  a.var_defensive = StratifiedVariance(weights, sds, a.defensive, runs);
  return a;
}

}  // namespace kedge::stats
