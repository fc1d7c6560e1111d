#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "harness/stats/descriptive.h"

namespace kedge::stats {

/// Hedged-capital betting confidence sequence for the mean of x_t in [0, 1] (Waudby-Smith and
/// Ramdas 2024): the interval at time n covers the mean at every n at once with probability at
/// least 1 - alpha, so it may be read at a data-dependent stop.
class BettingConfidenceSequence {
 public:
  /// 0 < alpha < 1.
  explicit BettingConfidenceSequence(double alpha);

  /// x in [0, 1], else Error(kBadData).
  void Add(double x);

  /// The bet sizes so far, before their cap for a given mean.
  const std::vector<double>& lambdas() const { return lambdas_; }
  std::size_t size() const { return values_.size(); }

  /// ln K(m) of the hedged capital against mean m in (0, 1); the mean is excluded at ln(1/alpha).
  double LogCapital(double m) const;

  /// Interval at the present time, by bisection to 1e-12; [0, 1] before the first value. O(n).
  Interval Bounds() const;

 private:
  double LogCapitalAbove(double m) const;  // bets that the mean exceeds m; falls as m grows
  double LogCapitalBelow(double m) const;

  double alpha_;
  double sum_ = 0;
  double squares_ = 0;  // of x_i around the running means
  std::vector<double> values_;
  std::vector<double> lambdas_;
};

/// The same for paired differences D in [-1, 1], mapped through (D + 1) / 2 and back.
Interval DifferenceConfidenceSequence(std::span<const double> differences, double alpha);

/// Predictably-mixed empirical-Bernstein confidence sequence (same source), values in [0, 1]; no
/// running intersection. `truncation` in (0, 1) caps the bets. Paths have one entry per value.
struct BernsteinPaths {
  std::vector<double> lower;
  std::vector<double> upper;
};
BernsteinPaths EmpiricalBernsteinSequence(std::span<const double> values, double alpha,
                                          double truncation = 0.5);

}  // namespace kedge::stats
