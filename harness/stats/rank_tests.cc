#include "harness/stats/rank_tests.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <vector>

#include "harness/stats/checks.h"
#include "harness/stats/descriptive.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {
namespace {

constexpr std::int64_t kMaxLatticeCells = 25'000'000;

// Sum of t^3 - t over groups of equal values.
double TieTerm(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  double term = 0;
  for (std::size_t i = 0; i < values.size();) {
    std::size_t end = i + 1;
    while (end < values.size() && values[end] == values[i]) ++end;
    const auto t = static_cast<double>(end - i);
    term += t * t * t - t;
    i = end;
  }
  return term;
}

// max over values of |n2 * #{x <= v} - n1 * #{y <= v}|, an integer in units of 1 / (n1 n2).
std::int64_t LatticeDistance(std::vector<double> x, std::vector<double> y) {
  std::sort(x.begin(), x.end());
  std::sort(y.begin(), y.end());
  const auto n1 = static_cast<std::int64_t>(x.size());
  const auto n2 = static_cast<std::int64_t>(y.size());
  std::size_t i = 0;
  std::size_t j = 0;
  std::int64_t top = 0;
  while (i < x.size() && j < y.size()) {
    const double v = std::min(x[i], y[j]);
    while (i < x.size() && x[i] == v) ++i;
    while (j < y.size() && y[j] == v) ++j;
    top = std::max(top,
                   std::abs(n2 * static_cast<std::int64_t>(i) - n1 * static_cast<std::int64_t>(j)));
  }
  return top;
}

// Probability that a random monotone path from (0,0) to (n1,n2) reaches the distance. Summing the
// paths that do, rather than those that do not, keeps small p-values accurate.
double PathsReaching(std::int64_t n1, std::int64_t n2, std::int64_t distance) {
  if (distance == 0) return 1;
  std::vector<double> row(static_cast<std::size_t>(n2) + 1, 0.0);
  for (std::int64_t i = 0; i <= n1; ++i) {
    for (std::int64_t j = 0; j <= n2; ++j) {
      const auto at = static_cast<std::size_t>(j);
      if (std::abs(n2 * i - n1 * j) >= distance) {
        row[at] = 1;
      } else if (i + j > 0) {
        const auto steps = static_cast<double>(i + j);
        const double from_left = j > 0 ? row[at - 1] * static_cast<double>(j) : 0;
        row[at] = (row[at] * static_cast<double>(i) + from_left) / steps;
      }
    }
  }
  return row.back();
}

}  // namespace

MannWhitneyResult MannWhitneyTest(std::span<const double> x, std::span<const double> y) {
  Require(!x.empty() && !y.empty(), "Mann-Whitney: both samples need values");
  std::vector<double> all(x.begin(), x.end());
  all.insert(all.end(), y.begin(), y.end());
  const std::vector<double> ranks = MidRanks(all);
  double rank_sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) rank_sum += ranks[i];
  const auto n1 = static_cast<double>(x.size());
  const auto n2 = static_cast<double>(y.size());
  const double n = n1 + n2;
  MannWhitneyResult r;
  r.u = rank_sum - n1 * (n1 + 1) / 2;
  r.a12 = r.u / (n1 * n2);
  r.sigma = std::sqrt(n1 * n2 / 12 * ((n + 1) - TieTerm(std::move(all)) / (n * (n - 1))));
  if (!(r.sigma > 0)) {
    r.sigma = 0;
    return r;
  }
  const double shift = r.u - n1 * n2 / 2;
  r.p_two_sided = std::min(1.0, 2 * NormalSf(std::max(0.0, std::fabs(shift) - 0.5) / r.sigma));
  r.p_two_sided_uncorrected = std::min(1.0, 2 * NormalSf(std::fabs(shift) / r.sigma));
  r.p_greater = NormalSf((shift - 0.5) / r.sigma);
  r.p_less = NormalCdf((shift + 0.5) / r.sigma);
  return r;
}

KolmogorovSmirnovResult KolmogorovSmirnovTest(std::span<const double> x,
                                              std::span<const double> y) {
  Require(!x.empty() && !y.empty(), "Kolmogorov-Smirnov: both samples need values");
  RequireFinite(x, "Kolmogorov-Smirnov");
  RequireFinite(y, "Kolmogorov-Smirnov");
  const auto n1 = static_cast<std::int64_t>(x.size());
  const auto n2 = static_cast<std::int64_t>(y.size());
  const std::int64_t lattice = LatticeDistance({x.begin(), x.end()}, {y.begin(), y.end()});
  const double cells = static_cast<double>(n1) * static_cast<double>(n2);
  KolmogorovSmirnovResult r;
  r.distance = static_cast<double>(lattice) / cells;
  r.p_limit = KolmogorovSf(r.distance * std::sqrt(cells / static_cast<double>(n1 + n2)));
  r.p_exact = cells <= static_cast<double>(kMaxLatticeCells)
                  ? PathsReaching(n1, n2, lattice)
                  : std::numeric_limits<double>::quiet_NaN();
  return r;
}

}  // namespace kedge::stats
