#include "harness/stats/descriptive.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "harness/stats/checks.h"

namespace kedge::stats {

double Mean(std::span<const double> values) {
  Require(!values.empty(), "the mean of no values");
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double SampleVariance(std::span<const double> values) { return SampleCovariance(values, values); }

double SampleCovariance(std::span<const double> x, std::span<const double> y) {
  RequireSameSize(x.size(), y.size(), "covariance");
  Require(x.size() >= 2, "a sample variance needs at least two values");
  const double mean_x = Mean(x);
  const double mean_y = Mean(y);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - mean_x) * (y[i] - mean_y);
  return sum / static_cast<double>(x.size() - 1);
}

double QuantileSorted(std::span<const double> sorted, double q) {
  Require(!sorted.empty(), "a quantile of no values");
  RequireProbability(q, "quantile");
  const double position = static_cast<double>(sorted.size() - 1) * q;
  const auto below = static_cast<std::size_t>(position);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double weight = position - static_cast<double>(below);
  const double step = sorted[below + 1] - sorted[below];
  // Interpolating from the nearer end keeps the result monotone under rounding.
  if (weight >= 0.5) return sorted[below + 1] - step * (1 - weight);
  return sorted[below] + step * weight;
}

std::vector<std::size_t> SortedOrder(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  return order;
}

std::vector<double> MidRanks(std::span<const double> values) {
  RequireFinite(values, "ranks");
  const std::vector<std::size_t> order = SortedOrder(values);
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i + 1;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    const double shared = 0.5 * static_cast<double>(i + 1 + end);
    for (; i < end; ++i) ranks[order[i]] = shared;
  }
  return ranks;
}

double LogSumExp(std::span<const double> logs) {
  constexpr double kNone = -std::numeric_limits<double>::infinity();
  const double top = logs.empty() ? kNone : *std::max_element(logs.begin(), logs.end());
  if (std::isinf(top)) return top;
  double sum = 0;
  for (const double l : logs) sum += std::exp(l - top);
  return top + std::log(sum);
}

}  // namespace kedge::stats
