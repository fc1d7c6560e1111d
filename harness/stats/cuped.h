#pragma once

#include <span>

namespace kedge::stats {

/// Variance reduction by a covariate measured before (Deng, Xu, Kohavi and Walker 2013, CUPED).
struct CupedResult {
  double theta = 0;         ///< cov(x, y) / var(x); 0 when x does not vary
  double mean = 0;          ///< of the adjusted values y - theta (x - mean x)
  double var_raw = 0;       ///< sample variance of y
  double var_adjusted = 0;  ///< of the adjusted values
  double rho2 = 0;          ///< squared correlation; NaN when x or y does not vary
};

/// Equal lengths >= 2, finite.
CupedResult Cuped(std::span<const double> y, std::span<const double> x);

}  // namespace kedge::stats
