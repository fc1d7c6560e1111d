#include "harness/stats/ladder.h"

#include <cmath>
#include <utility>

#include "harness/stats/checks.h"
#include "harness/stats/descriptive.h"

namespace kedge::stats {

Ladder::Ladder(std::vector<double> champion) : best_(std::move(champion)) {
  Require(best_.size() >= 2, "the Ladder needs scores of at least two tasks");
  RequireFinite(best_, "Ladder scores");
}

bool Ladder::Submit(std::span<const double> candidate) {
  RequireSameSize(candidate.size(), best_.size(), "Ladder scores");
  RequireFinite(candidate, "Ladder scores");
  std::vector<double> gains;
  for (std::size_t i = 0; i < best_.size(); ++i) gains.push_back(candidate[i] - best_[i]);
  const double noise = std::sqrt(SampleVariance(gains) / static_cast<double>(gains.size()));
  if (!(Mean(candidate) > Mean(best_) + noise)) return false;
  best_.assign(candidate.begin(), candidate.end());
  return true;
}

double Ladder::released() const {
  const auto n = static_cast<double>(best_.size());
  return std::round(Mean(best_) * n) / n;
}

Thresholdout::Thresholdout(double threshold, double initial_noise, std::int64_t budget)
    : threshold_(threshold), noisy_threshold_(threshold + initial_noise), budget_(budget) {
  RequirePositive(threshold, "Thresholdout threshold");
  Require(std::isfinite(initial_noise), "Thresholdout noise is not finite");
  Require(budget >= 0, "the Thresholdout budget cannot be negative");
}

std::optional<double> Thresholdout::Query(double train, double holdout,
                                          const ThresholdoutNoise& noise) {
  if (budget_ < 1) return std::nullopt;
  if (!(std::fabs(holdout - train) > noisy_threshold_ + noise.eta)) return train;
  --budget_;
  noisy_threshold_ = threshold_ + noise.gamma;
  return holdout + noise.xi;
}

}  // namespace kedge::stats
