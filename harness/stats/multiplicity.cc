#include "harness/stats/multiplicity.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/stats/checks.h"
#include "harness/stats/descriptive.h"

namespace kedge::stats {
namespace {

void CheckPValues(std::span<const double> p) {
  for (const double v : p) RequireProbability(v, "p-value");
}

// Step-up: from the largest p down, the running minimum of p * K * factor / rank.
std::vector<double> StepUp(std::span<const double> p, double factor) {
  CheckPValues(p);
  const std::vector<std::size_t> order = SortedOrder(p);
  const auto count = static_cast<double>(p.size());
  std::vector<double> adjusted(p.size());
  double running = 1;
  for (std::size_t rank = p.size(); rank > 0; --rank) {
    const std::size_t i = order[rank - 1];
    running = std::min(running, p[i] * count * factor / static_cast<double>(rank));
    adjusted[i] = running;
  }
  return adjusted;
}

double LogAdd(double a, double b) {
  if (a < b) std::swap(a, b);
  if (std::isinf(a)) return a;
  return a + std::log1p(std::exp(b - a));
}

}  // namespace

std::vector<double> HolmAdjust(std::span<const double> p) {
  CheckPValues(p);
  const std::vector<std::size_t> order = SortedOrder(p);
  std::vector<double> adjusted(p.size());
  double running = 0;
  for (std::size_t rank = 0; rank < p.size(); ++rank) {
    const std::size_t i = order[rank];
    running = std::max(running, std::min(1.0, p[i] * static_cast<double>(p.size() - rank)));
    adjusted[i] = running;
  }
  return adjusted;
}

std::vector<double> BenjaminiHochbergAdjust(std::span<const double> p) { return StepUp(p, 1); }

std::vector<double> BenjaminiYekutieliAdjust(std::span<const double> p) {
  double harmonic = 0;
  for (std::size_t k = 1; k <= p.size(); ++k) harmonic += 1 / static_cast<double>(k);
  return StepUp(p, harmonic);
}

std::vector<bool> EBenjaminiHochberg(std::span<const double> e, double alpha) {
  RequireLevel(alpha, "alpha");
  std::vector<double> negated;
  for (const double v : e) {
    Require(v >= 0, "an e-value cannot be negative or NaN");
    negated.push_back(-v);
  }
  const std::vector<std::size_t> order = SortedOrder(negated);
  std::size_t rejections = 0;
  for (std::size_t k = 1; k <= e.size(); ++k) {
    const double needed = static_cast<double>(e.size()) / (static_cast<double>(k) * alpha);
    if (e[order[k - 1]] >= needed) rejections = k;
  }
  std::vector<bool> rejected(e.size(), false);
  for (std::size_t k = 0; k < rejections; ++k) rejected[order[k]] = true;
  return rejected;
}

std::vector<double> EClosureAdjust(std::span<const double> e) {
  for (const double v : e) Require(v >= 0, "an e-value cannot be negative or NaN");
  const std::vector<std::size_t> order = SortedOrder(e);
  // The worst subset that contains e_k adds the smallest others, as long as they pull the mean
  // down; for the r-th smallest that is a prefix of the order, and prefix means only fall while the
  // next value is below them.
  std::vector<double> adjusted(e.size());
  for (std::size_t r = 0; r < order.size(); ++r) {
    double sum = e[order[r]];
    double size = 1;
    double lowest = sum;
    for (std::size_t j = 0; j < order.size() && e[order[j]] < lowest; ++j) {
      if (j == r) continue;
      sum += e[order[j]];
      size += 1;
      lowest = std::min(lowest, sum / size);
    }
    adjusted[order[r]] = lowest;
  }
  return adjusted;
}

std::vector<double> EClosureAdjustLog(std::span<const double> log_e) {
  for (const double v : log_e) Require(!std::isnan(v), "a log e-value is NaN");
  const std::vector<std::size_t> order = SortedOrder(log_e);
  std::vector<double> adjusted(log_e.size());
  for (std::size_t r = 0; r < order.size(); ++r) {
    double sum = log_e[order[r]];
    double size = 1;
    double lowest = sum;
    for (std::size_t j = 0; j < order.size() && log_e[order[j]] < lowest; ++j) {
      if (j == r) continue;
      sum = LogAdd(sum, log_e[order[j]]);
      size += 1;
      lowest = std::min(lowest, sum - std::log(size));
    }
    adjusted[order[r]] = lowest;
  }
  return adjusted;
}

}  // namespace kedge::stats
