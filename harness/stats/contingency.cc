#include "harness/stats/contingency.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "harness/stats/checks.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {
namespace {

struct Margins {
  std::vector<double> rows;
  std::vector<double> columns;
  double total = 0;
};

Margins CheckedMargins(const std::vector<std::vector<double>>& table) {
  Require(table.size() >= 2 && table[0].size() >= 2, "a contingency table needs 2 x 2 or more");
  Margins m{std::vector<double>(table.size()), std::vector<double>(table[0].size()), 0};
  for (std::size_t i = 0; i < table.size(); ++i) {
    RequireSameSize(table[i].size(), m.columns.size(), "rows of a contingency table");
    for (std::size_t j = 0; j < table[i].size(); ++j) {
      Require(table[i][j] >= 0 && std::isfinite(table[i][j]), "a count is negative or not finite");
      m.rows[i] += table[i][j];
      m.columns[j] += table[i][j];
      m.total += table[i][j];
    }
  }
  for (const double v : m.rows) Require(v > 0, "a contingency table has an empty row");
  for (const double v : m.columns) Require(v > 0, "a contingency table has an empty column");
  return m;
}

}  // namespace

ContingencyResult ContingencyTest(const std::vector<std::vector<double>>& table) {
  const Margins m = CheckedMargins(table);
  ContingencyResult r;
  for (std::size_t i = 0; i < m.rows.size(); ++i) {
    for (std::size_t j = 0; j < m.columns.size(); ++j) {
      const double observed = table[i][j];
      const double expected = m.rows[i] * m.columns[j] / m.total;
      r.chi2 += (observed - expected) * (observed - expected) / expected;
      if (observed > 0) r.g += 2 * observed * std::log(observed / expected);
    }
  }
  r.g = std::max(0.0, r.g);
  r.df = static_cast<double>((m.rows.size() - 1) * (m.columns.size() - 1));
  r.p_chi2 = ChiSquaredSf(r.chi2, r.df);
  r.p_g = ChiSquaredSf(r.g, r.df);
  const auto smaller = static_cast<double>(std::min(m.rows.size(), m.columns.size()));
  r.cramers_v = std::sqrt(r.chi2 / (m.total * (smaller - 1)));
  return r;
}

}  // namespace kedge::stats
