#include "harness/stats/noninferiority.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "harness/stats/checks.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {
namespace {

// The exposed rate of greatest likelihood among those with `unexposed - exposed = margin`: the root
// of a cubic, which has one in the range.
double ConstrainedRate(double exposed, double unexposed, double exposed_trials,
                       double unexposed_trials, double margin) {
  const double theta = unexposed_trials / exposed_trials;
  const double s = -margin;
  const double a = 1 + theta;
  const double b = -(1 + theta + exposed + theta * unexposed + s * (theta + 2));
  const double c = s * s + s * (2 * exposed + theta + 1) + exposed + theta * unexposed;
  const double d = -exposed * s * (1 + s);
  const double v = std::pow(b / (3 * a), 3) - b * c / (6 * a * a) + d / (2 * a);
  const double u =
      std::copysign(std::sqrt(std::max(0.0, std::pow(b / (3 * a), 2) - c / (3 * a))), v);
  const double cosine = u == 0 ? 0 : std::clamp(v / (u * u * u), -1.0, 1.0);
  const double w = (std::numbers::pi + std::acos(cosine)) / 3;
  return std::clamp(2 * u * std::cos(w) - b / (3 * a), 0.0, 1 - margin);
}

}  // namespace

double NoninferiorityP(const TwoByTwo& table, double margin) {
  Require(margin > 0 && margin < 1, "the margin must lie between 0 and 1");
  Require(table.exposed_successes >= 0 && table.exposed_successes <= table.exposed_trials &&
              table.unexposed_successes >= 0 && table.unexposed_successes <= table.unexposed_trials,
          "successes must lie between 0 and the number of trials");
  if (table.exposed_trials == 0 || table.unexposed_trials == 0) return 1;
  const auto n = static_cast<double>(table.exposed_trials);
  const auto m = static_cast<double>(table.unexposed_trials);
  const double exposed = ConstrainedRate(table.ExposedRate(), table.UnexposedRate(), n, m, margin);
  const double unexposed = exposed + margin;
  const double variance = exposed * (1 - exposed) / n + unexposed * (1 - unexposed) / m;
  const double excess = table.RateDifference() + margin;
  if (variance <= 0) return excess > 0 ? 0 : 1;
  return NormalSf(excess / std::sqrt(variance));
}

}  // namespace kedge::stats
