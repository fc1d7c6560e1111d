#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace kedge::stats {

/// Population stability index with what is needed to judge it: without any change its expectation
/// is (K - 1)(1/N_ref + 1/N_cur), so a fixed threshold means nothing for small samples.
struct PsiResult {
  double psi = 0;
  double null_scale = 0;  ///< psi / (1/N_ref + 1/N_cur); about chi-squared with K - 1 df, no change
  double p_chi2 = 1;      ///< upper tail of that; 1 when K = 1
};

/// PSI over K cells, 1/2 added to each count. Equal lengths, K >= 1, counts >= 0, totals > 0.
PsiResult PsiCategorical(std::span<const double> reference, std::span<const double> current);

struct NumericPsiResult {
  PsiResult psi;
  std::vector<double>
      edges;  ///< distinct inner quantiles of the reference; value v > edge is above
  std::vector<double> reference_counts;
  std::vector<double> current_counts;
};

/// PSI of numbers in `bins` >= 2 bins cut at the reference's quantiles. Non-empty, finite.
NumericPsiResult PsiNumeric(std::span<const double> reference, std::span<const double> current,
                            int bins = 10);

/// Jensen-Shannon divergence in bits, [0, 1] (Lin 1991). Inputs are weights >= 0 of the same cells,
/// each with a positive sum; they need not be normalised.
double JensenShannonBits(std::span<const double> p, std::span<const double> q);

/// Distances between two samples on the line.
struct SampleDistance {
  double energy_squared = 0;  ///< 2 E|X-Y| - E|X-X'| - E|Y-Y'| (Szekely and Rizzo), V-statistic
  double energy = 0;          ///< its square root
  double wasserstein1 = 0;    ///< integral |F - G|
};

/// Non-empty, finite. O(n log n).
SampleDistance DistanceBetweenSamples(std::span<const double> x, std::span<const double> y);

}  // namespace kedge::stats
