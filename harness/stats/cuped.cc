#include "harness/stats/cuped.h"

#include <vector>

#include "harness/stats/checks.h"
#include "harness/stats/descriptive.h"

namespace kedge::stats {

CupedResult Cuped(std::span<const double> y, std::span<const double> x) {
  RequireFinite(y, "CUPED outcome");
  RequireFinite(x, "CUPED covariate");
  const double covariance = SampleCovariance(x, y);
  const double var_x = SampleVariance(x);
  CupedResult r;
  r.var_raw = SampleVariance(y);
  r.theta = var_x > 0 ? covariance / var_x : 0;
  const double mean_x = Mean(x);
  std::vector<double> adjusted;
  for (std::size_t i = 0; i < y.size(); ++i) adjusted.push_back(y[i] - r.theta * (x[i] - mean_x));
  r.mean = Mean(adjusted);
  r.var_adjusted = SampleVariance(adjusted);
  r.rho2 = covariance * covariance / (var_x * r.var_raw);
  return r;
}

}  // namespace kedge::stats
