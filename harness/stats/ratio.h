#pragma once

#include <span>

#include "harness/stats/descriptive.h"

namespace kedge::stats {

/// Ratio of means of paired positive quantities (cost, latency, tokens), candidate over champion.
struct RatioOfMeans {
  double ratio = 0;
  double se = 0;   ///< linearised (delta method)
  Interval delta;  ///< ratio +- t_{n-1} se
  /// Fieller's g: below 1 the champion's mean is clearly above 0 and `fieller` is an interval;
  /// otherwise `fieller` is (-inf, inf).
  double fieller_g = 0;
  Interval fieller;            ///< Fieller 1954
  double geometric_ratio = 0;  ///< exp(mean ln(candidate / champion)); NaN if a value is not > 0
};

/// Equal lengths >= 2, finite, champion mean > 0; 0 < level < 1; else Error(kBadData).
RatioOfMeans RatioOfPairedMeans(std::span<const double> candidate, std::span<const double> champion,
                                double level);

}  // namespace kedge::stats
