#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace kedge::stats {

/// The parameter-free Ladder (Blum and Hardt 2015): a score is published only when a candidate
/// beats the best so far by more than the noise, so adaptive reuse of the same tasks cannot move it
/// far. It bounds the error of the published score; it does not stop hill-climbing.
class Ladder {
 public:
  /// Scores per task of the first best (the champion), at least two, finite.
  explicit Ladder(std::vector<double> champion);

  /// True and the new best, if mean(candidate) > mean(best) + sd(candidate - best) / sqrt(n). Same
  /// tasks, in the same order.
  bool Submit(std::span<const double> candidate);

  /// Mean of the best, rounded to 1/n.
  double released() const;

 private:
  std::vector<double> best_;
};

/// Noise of one Thresholdout query, drawn by the caller: eta ~ Laplace(4 sigma), xi ~
/// Laplace(sigma), gamma ~ Laplace(2 sigma).
struct ThresholdoutNoise {
  double eta = 0;
  double xi = 0;
  double gamma = 0;
};

/// Thresholdout (Dwork et al. 2015): answers from the training score while it agrees with the
/// holdout, else from the holdout with noise, a limited number of times. Needs about 10,000 tasks
/// before its noise is smaller than the differences of interest.
class Thresholdout {
 public:
  /// threshold > 0; `initial_noise` ~ Laplace(2 sigma); budget >= 0 answers from the holdout.
  Thresholdout(double threshold, double initial_noise, std::int64_t budget);

  /// The answer, or none once the budget is spent.
  std::optional<double> Query(double train, double holdout, const ThresholdoutNoise& noise);
  std::int64_t budget() const { return budget_; }

 private:
  double threshold_;
  double noisy_threshold_;
  std::int64_t budget_;
};

}  // namespace kedge::stats
