#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace kedge::stats {

/// A two-sided interval; `low` <= `high`, either may be infinite when the data allow no bound.
struct Interval {
  double low = 0;
  double high = 0;
};

/// Arithmetic mean; the span must not be empty.
double Mean(std::span<const double> values);

/// Unbiased sample variance (divisor n - 1); needs n >= 2.
double SampleVariance(std::span<const double> values);

/// Unbiased sample covariance (divisor n - 1); needs n >= 2 and equal lengths.
double SampleCovariance(std::span<const double> x, std::span<const double> y);

/// Quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996, the
/// default of R and numpy). `sorted` ascending and not empty, 0 <= q <= 1.
double QuantileSorted(std::span<const double> sorted, double q);

/// Ranks from 1, ties share their mean rank. O(n log n).
std::vector<double> MidRanks(std::span<const double> values);

/// ln(sum exp(v)); -inf for an empty span.
double LogSumExp(std::span<const double> logs);

/// Indices that sort `values` ascending; equal values keep their order.
std::vector<std::size_t> SortedOrder(std::span<const double> values);

}  // namespace kedge::stats
