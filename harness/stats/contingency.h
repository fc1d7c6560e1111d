#pragma once

#include <vector>

namespace kedge::stats {

/// Test of independence in an r x c table without continuity correction.
struct ContingencyResult {
  double chi2 = 0;  ///< Pearson's statistic
  double g = 0;     ///< likelihood-ratio statistic
  double df = 0;    ///< (r - 1)(c - 1)
  double p_chi2 = 1;
  double p_g = 1;
  double cramers_v = 0;
};

/// At least 2 x 2, rectangular, finite counts >= 0, no empty row or column, else Error(kBadData).
ContingencyResult ContingencyTest(const std::vector<std::vector<double>>& table);

}  // namespace kedge::stats
