#pragma once

#include <optional>
#include <vector>

namespace kedge::stats {

/// One unit of a sample; units without `y` are outside of the domain that the mean is about.
struct SampledUnit {
  double weight = 1;  ///< 1 / inclusion probability, at least 1
  std::optional<double> y;
};

/// The simple random sample that was drawn from one stratum.
struct SampledUnits {
  double fraction = 1;  ///< share of the stratum that was drawn, in (0, 1]
  std::vector<SampledUnit> units;
};

/// A mean with a t interval.
struct MeanEstimate {
  double mean = 0;  ///< Hajek: sum w y / sum w
  double se = 0;
  double low = 0;
  double high = 0;
  double degrees_of_freedom = 0;  ///< Satterthwaite's; 0 when nothing varies
  double effective_n = 0;         ///< Kish: (sum w)^2 / sum w^2
};

/// Domain mean of a stratified sample with its linearised variance, sum over strata of
/// (1 - f) n s_z^2 with z = w (y - mean) / sum w (Sarndal, Swensson and Wretman 1992, 5.7 and 5.8).
/// Exact for a mean over everything when weights are equal within strata. A stratum of one unit
/// that was not taken whole contributes no variance, so draw at least two. nullopt when no unit has
/// a y. `level` in (0, 1); weights finite and positive; else Error(kBadData).
std::optional<MeanEstimate> StratifiedMean(const std::vector<SampledUnits>& strata, double level);

}  // namespace kedge::stats
