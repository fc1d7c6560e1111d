#pragma once

#include <cstdint>
#include <span>

namespace kedge::stats {

/// A 2 x 2 table: successes among the trials of an exposed and of an unexposed group.
struct TwoByTwo {
  std::int64_t exposed_successes = 0;
  std::int64_t exposed_trials = 0;
  std::int64_t unexposed_successes = 0;
  std::int64_t unexposed_trials = 0;

  /// Counts one more trial.
  void Add(bool exposed, bool success);
  TwoByTwo& operator+=(const TwoByTwo& other);
  /// Successes / trials in [0, 1]; 0 without trials.
  double ExposedRate() const { return Ratio(exposed_successes, exposed_trials); }
  double UnexposedRate() const { return Ratio(unexposed_successes, unexposed_trials); }
  double RateDifference() const { return ExposedRate() - UnexposedRate(); }

 private:
  static double Ratio(std::int64_t part, std::int64_t all) {
    return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
  }
};

/// P(at least as many exposed successes in total | all margins of every stratum) when exposure
/// changes nothing: the one-sided exact conditional test against a common odds ratio above 1 (Birch
/// 1964; Mehta, Patel and Gray 1985); for one stratum it is Fisher's exact test. The law of the
/// total is the convolution of the strata's hypergeometric laws. 1 when no stratum can tell.
/// O(strata x n^2) for n trials. Error(kBadData) unless 0 <= successes <= trials everywhere.
double ConditionalExactGreater(std::span<const TwoByTwo> strata);

/// The smallest value that ConditionalExactGreater can take with these margins (Tarone 1990's
/// minimum attainable p). The same errors.
double MinimumAttainableP(std::span<const TwoByTwo> strata);

}  // namespace kedge::stats
