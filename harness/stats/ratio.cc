#include "harness/stats/ratio.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/stats/checks.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {
namespace {

constexpr double kUnboundedRatio = std::numeric_limits<double>::infinity();

double GeometricRatio(std::span<const double> c, std::span<const double> b) {
  double sum = 0;
  for (std::size_t i = 0; i < c.size(); ++i) {
    if (!(c[i] > 0 && b[i] > 0)) return std::numeric_limits<double>::quiet_NaN();
    sum += std::log(c[i] / b[i]);
  }
  return std::exp(sum / static_cast<double>(c.size()));
}

Interval Fieller(std::span<const double> c, std::span<const double> b, double t) {
  const auto n = static_cast<double>(c.size());
  const double mean_c = Mean(c);
  const double mean_b = Mean(b);
  const double quadratic = mean_b * mean_b - t * t * SampleVariance(b) / n;
  const double linear = mean_c * mean_b - t * t * SampleCovariance(c, b) / n;
  const double constant = mean_c * mean_c - t * t * SampleVariance(c) / n;
  if (!(quadratic > 0)) return {-kUnboundedRatio, kUnboundedRatio};
  const double root = std::sqrt(std::max(0.0, linear * linear - quadratic * constant));
  return {(linear - root) / quadratic, (linear + root) / quadratic};
}

}  // namespace

RatioOfMeans RatioOfPairedMeans(std::span<const double> candidate, std::span<const double> champion,
                                double level) {
  RequireSameSize(candidate.size(), champion.size(), "ratio of means");
  Require(candidate.size() >= 2, "a ratio of means needs at least two pairs");
  RequireFinite(candidate, "ratio of means");
  RequireFinite(champion, "ratio of means");
  RequireLevel(level, "confidence level");
  const auto n = static_cast<double>(candidate.size());
  const double mean_b = Mean(champion);
  Require(mean_b > 0, "a ratio of means needs a positive champion mean");
  const double t = StudentTQuantile(0.5 + level / 2, n - 1);
  RatioOfMeans r;
  r.ratio = Mean(candidate) / mean_b;
  double squares = 0;
  for (std::size_t i = 0; i < candidate.size(); ++i) {
    const double residual = candidate[i] - r.ratio * champion[i];
    squares += residual * residual;
  }
  r.se = std::sqrt(squares / (n * (n - 1))) / mean_b;
  r.delta = {r.ratio - t * r.se, r.ratio + t * r.se};
  r.fieller_g = t * t * SampleVariance(champion) / n / (mean_b * mean_b);
  r.fieller = Fieller(candidate, champion, t);
  r.geometric_ratio = GeometricRatio(candidate, champion);
  return r;
}

}  // namespace kedge::stats
