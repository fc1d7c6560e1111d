#pragma once

#include <cstdint>
#include <vector>

namespace kedge::stats {

/// Shiryaev-Roberts e-detector of a drop in the mean of x_t in [0, 1] (Shin, Ramdas and Rinaldo
/// 2024, "E-detectors"). In control E[x_t | past] >= m0; then the expected number of observations
/// before a false alarm is at least the threshold, without any further assumption. Resumable: the
/// logs of the components are the whole state. Not thread-safe.
struct EDetectorDesign {
  double m0 = 0.8;                                ///< in-control mean, in (0, 1)
  std::vector<double> shifts = {0.05, 0.1, 0.2};  ///< drops to be tuned to, each in (0, m0]
  std::vector<double> weights;                    ///< sum 1; empty = equal
  double threshold = 10000;                       ///< A > 1

  void Validate() const;
};

class EDetector {
 public:
  explicit EDetector(const EDetectorDesign& design);
  /// Continues from saved component logs (one per shift).
  EDetector(const EDetectorDesign& design, std::vector<double> log_components);

  /// Adds an observation in [0, 1]; returns true while the statistic is at or above the threshold.
  /// `relative_weight` = (1/pi_t) / max(1/pi) in (0, 1] for a sampled trace, known before its
  /// outcome: the Horvitz-Thompson weighted in-control mean is tested.
  bool Update(double x, double relative_weight = 1);
  /// The same against the in-control mean of the observation's own stratum, in (0, 1): then a
  /// change of the mix of strata is no change. Shifts above that mean count as the mean.
  bool UpdateStratum(double x, double stratum_m0, double relative_weight = 1);

  double log_statistic() const;  ///< ln of the weighted average; -inf before any observation
  bool alarm() const;
  const std::vector<double>& lambdas() const { return lambdas_; }
  const std::vector<double>& log_components() const { return log_components_; }

 private:
  void Step(std::size_t component, double lambda, double m0, double x, double relative_weight);

  double m0_;
  double log_threshold_;
  std::vector<double> shifts_;
  std::vector<double> lambdas_;
  std::vector<double> log_weights_;
  std::vector<double> log_components_;
};

/// Page's CUSUM for a Bernoulli stream that drops from p0 to a known p1 (Page 1954): minimax
/// optimal (Moustakides 1986), the yardstick for detection delay.
class BernoulliCusum {
 public:
  /// 0 < p0, p1 < 1, different; threshold h > 0.
  BernoulliCusum(double p0, double p1, double threshold);
  /// Returns true while the statistic is at or above the threshold.
  bool Update(bool success);
  double statistic() const { return statistic_; }

 private:
  double on_success_;
  double on_failure_;
  double threshold_;
  double statistic_ = 0;
};

/// The Page-Hinkley variant of streaming libraries, for an increase of the mean: running mean with
/// the new value included, forgetting factor, no statement about its false alarms. A baseline only.
class PageHinkley {
 public:
  PageHinkley(double delta, double threshold, double forgetting, std::int64_t min_instances);
  /// Returns true when the statistic exceeds the threshold and `min_instances` were seen.
  bool Update(double x);
  double statistic() const { return statistic_; }

 private:
  double delta_;
  double threshold_;
  double forgetting_;
  std::int64_t min_instances_;
  std::int64_t count_ = 0;
  double mean_ = 0;
  double statistic_ = 0;
};

}  // namespace kedge::stats
