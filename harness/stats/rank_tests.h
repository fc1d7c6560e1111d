#pragma once

#include <span>

namespace kedge::stats {

/// Wilcoxon-Mann-Whitney test, normal approximation with ties (Mann and Whitney 1947; tie term as
/// in Lehmann 1975).
struct MannWhitneyResult {
  double u = 0;            ///< rank sum of x minus n1 (n1 + 1) / 2, midranks
  double sigma = 0;        ///< tie-corrected standard deviation of u; 0 when all values are equal
  double p_two_sided = 1;  ///< with continuity correction
  double p_two_sided_uncorrected = 1;
  double p_greater = 1;  ///< x stochastically larger; continuity-corrected
  double p_less = 1;
  double a12 = 0.5;  ///< Vargha and Delaney's effect size: P(x > y) + P(x = y) / 2
};

/// Both samples non-empty and finite. All p are 1 when sigma is 0. O(n log n).
MannWhitneyResult MannWhitneyTest(std::span<const double> x, std::span<const double> y);

/// Two-sample Kolmogorov-Smirnov test.
struct KolmogorovSmirnovResult {
  double distance = 0;  ///< sup |F_x - F_y|
  double p_limit = 1;   ///< Kolmogorov's limit at distance * sqrt(n1 n2 / (n1 + n2))
  /// P(D' >= D) by counting lattice paths (Hodges 1958), exact without ties and too large with
  /// them; NaN when n1 * n2 > 25,000,000 and it was not computed.
  double p_exact = 1;
};

/// Both samples non-empty and finite. O(n log n + n1 n2).
KolmogorovSmirnovResult KolmogorovSmirnovTest(std::span<const double> x, std::span<const double> y);

}  // namespace kedge::stats
