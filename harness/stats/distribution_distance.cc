#include "harness/stats/distribution_distance.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/stats/checks.h"
#include "harness/stats/descriptive.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {
namespace {

double CheckedTotal(std::span<const double> weights) {
  double total = 0;
  for (const double w : weights) {
    Require(w >= 0 && std::isfinite(w), "a distribution's weights must be finite and not negative");
    total += w;
  }
  Require(total > 0, "a distribution needs a positive total weight");
  return total;
}

// a ln(a / m) in bits, 0 for a = 0.
double RelativeBits(double a, double m) { return a > 0 ? a * std::log2(a / m) : 0; }

std::vector<double> CountBetween(std::span<const double> values, std::span<const double> edges) {
  std::vector<double> counts(edges.size() + 1, 0.0);
  for (const double v : values) {
    const auto bin = std::lower_bound(edges.begin(), edges.end(), v) - edges.begin();
    counts[static_cast<std::size_t>(bin)] += 1;
  }
  return counts;
}

std::vector<double> Sorted(std::span<const double> values, const char* what) {
  Require(!values.empty(), "a distance needs values in both samples");
  RequireFinite(values, what);
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace

PsiResult PsiCategorical(std::span<const double> reference, std::span<const double> current) {
  RequireSameSize(reference.size(), current.size(), "PSI");
  const double n_ref = CheckedTotal(reference);
  const double n_cur = CheckedTotal(current);
  const auto cells = static_cast<double>(reference.size());
  PsiResult r;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double p = (reference[i] + 0.5) / (n_ref + 0.5 * cells);
    const double q = (current[i] + 0.5) / (n_cur + 0.5 * cells);
    r.psi += (q - p) * std::log(q / p);
  }
  r.null_scale = r.psi / (1 / n_ref + 1 / n_cur);
  if (reference.size() > 1) r.p_chi2 = ChiSquaredSf(r.null_scale, cells - 1);
  return r;
}

NumericPsiResult PsiNumeric(std::span<const double> reference, std::span<const double> current,
                            int bins) {
  Require(bins >= 2, "PSI needs at least two bins");
  const std::vector<double> sorted = Sorted(reference, "PSI reference");
  Require(!current.empty(), "a distance needs values in both samples");
  RequireFinite(current, "PSI current");
  NumericPsiResult r;
  for (int b = 1; b < bins; ++b) {
    const double edge = QuantileSorted(sorted, static_cast<double>(b) / bins);
    if (r.edges.empty() || edge != r.edges.back()) r.edges.push_back(edge);
  }
  r.reference_counts = CountBetween(reference, r.edges);
  r.current_counts = CountBetween(current, r.edges);
  r.psi = PsiCategorical(r.reference_counts, r.current_counts);
  return r;
}

double JensenShannonBits(std::span<const double> p, std::span<const double> q) {
  RequireSameSize(p.size(), q.size(), "Jensen-Shannon");
  const double total_p = CheckedTotal(p);
  const double total_q = CheckedTotal(q);
  double bits = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double a = p[i] / total_p;
    const double b = q[i] / total_q;
    const double m = (a + b) / 2;
    bits += 0.5 * (RelativeBits(a, m) + RelativeBits(b, m));
  }
  return std::clamp(bits, 0.0, 1.0);
}

SampleDistance DistanceBetweenSamples(std::span<const double> x, std::span<const double> y) {
  const std::vector<double> a = Sorted(x, "distance");
  const std::vector<double> b = Sorted(y, "distance");
  SampleDistance r;
  std::size_t i = 0;
  std::size_t j = 0;
  double previous = std::min(a[0], b[0]);
  // Between neighbouring values both distribution functions are constant; on the line the energy
  // distance is twice the integral of (F - G)^2.
  while (i < a.size() || j < b.size()) {
    const bool from_a = j == b.size() || (i < a.size() && a[i] <= b[j]);
    const double v = from_a ? a[i] : b[j];
    const double gap = static_cast<double>(i) / static_cast<double>(a.size()) -
                       static_cast<double>(j) / static_cast<double>(b.size());
    r.energy_squared += 2 * gap * gap * (v - previous);
    r.wasserstein1 += std::fabs(gap) * (v - previous);
    previous = v;
    ++(from_a ? i : j);
  }
  r.energy = std::sqrt(r.energy_squared);
  return r;
}

}  // namespace kedge::stats
