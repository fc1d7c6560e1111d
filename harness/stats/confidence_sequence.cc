#include "harness/stats/confidence_sequence.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "harness/stats/checks.h"

namespace kedge::stats {
namespace {

// Predictable bet sizes: sqrt(2 ln(2/alpha) / (t ln(1+t) s2_{t-1})).
double PredictableLambda(double alpha, std::size_t t, double variance) {
  const auto time = static_cast<double>(t);
  return std::sqrt(2 * std::log(2 / alpha) / (time * std::log1p(time) * variance));
}

// Where a falling function crosses `level` in [0, 1]; the ends when it does not cross.
template <typename Falling>
double Crossing(const Falling& f, double level) {
  double low = 0;
  double high = 1;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (f(middle) >= level ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

std::vector<double> LowerPath(std::span<const double> values, double alpha, double truncation) {
  std::vector<double> path;
  double sum = 0, squares = 0;            // for the bets: shrunken running mean and variance
  double bets = 0, won = 0, penalty = 0;  // the bound's own sums
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double variance = (0.25 + squares) / static_cast<double>(i + 1);
    const double lambda = std::min(truncation, PredictableLambda(alpha, i + 1, variance));
    const double past_mean = i == 0 ? 0 : sum / static_cast<double>(i);
    const double error = values[i] - past_mean;
    bets += lambda;
    won += lambda * values[i];
    penalty += error * error * (-std::log1p(-lambda) - lambda);
    sum += values[i];
    const double centre = std::min((0.5 + sum) / static_cast<double>(i + 2), 1.0);
    squares += (values[i] - centre) * (values[i] - centre);
    path.push_back(std::max(0.0, (won - std::log(2 / alpha) - penalty) / bets));
  }
  return path;
}

void CheckUnitValue(double x) {
  Require(x >= 0 && x <= 1, "a confidence sequence takes values in [0, 1]");
}

}  // namespace

BettingConfidenceSequence::BettingConfidenceSequence(double alpha) : alpha_(alpha) {
  RequireLevel(alpha, "alpha");
}

void BettingConfidenceSequence::Add(double x) {
  CheckUnitValue(x);
  const std::size_t t = values_.size() + 1;
  const double variance = (0.25 + squares_) / static_cast<double>(t);
  lambdas_.push_back(PredictableLambda(alpha_, t, variance));
  values_.push_back(x);
  sum_ += x;
  const double centre = std::min((0.5 + sum_) / static_cast<double>(t + 1), 1.0);
  squares_ += (x - centre) * (x - centre);
}

double BettingConfidenceSequence::LogCapitalAbove(double m) const {
  double log_capital = 0;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    log_capital += std::log1p(std::min(lambdas_[i], 0.5 / m) * (values_[i] - m));
  }
  return log_capital;
}

double BettingConfidenceSequence::LogCapitalBelow(double m) const {
  double log_capital = 0;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    log_capital += std::log1p(-std::min(lambdas_[i], 0.5 / (1 - m)) * (values_[i] - m));
  }
  return log_capital;
}

double BettingConfidenceSequence::LogCapital(double m) const {
  Require(m > 0 && m < 1, "the capital is defined for means between 0 and 1");
  return std::max(LogCapitalAbove(m), LogCapitalBelow(m)) - std::numbers::ln2;
}

Interval BettingConfidenceSequence::Bounds() const {
  if (values_.empty()) return {0, 1};
  const double level = std::log(2 / alpha_);
  const double low = Crossing([this](double m) { return LogCapitalAbove(m); }, level);
  const double high = 1 - Crossing([this](double m) { return LogCapitalBelow(1 - m); }, level);
  // Bisection ends a hair inside (0, 1) where there is no crossing.
  constexpr double kHair = 1e-15;
  return {low < kHair ? 0 : low, high > 1 - kHair ? 1 : high};
}

Interval DifferenceConfidenceSequence(std::span<const double> differences, double alpha) {
  BettingConfidenceSequence sequence(alpha);
  for (const double d : differences) {
    Require(d >= -1 && d <= 1, "a paired difference lies outside [-1, 1]");
    sequence.Add((d + 1) / 2);
  }
  const Interval unit = sequence.Bounds();
  return {2 * unit.low - 1, 2 * unit.high - 1};
}

BernsteinPaths EmpiricalBernsteinSequence(std::span<const double> values, double alpha,
                                          double truncation) {
  RequireLevel(alpha, "alpha");
  RequireLevel(truncation, "truncation");
  std::vector<double> mirrored;
  for (const double x : values) {
    CheckUnitValue(x);
    mirrored.push_back(1 - x);
  }
  BernsteinPaths paths;
  paths.lower = LowerPath(values, alpha, truncation);
  paths.upper = LowerPath(mirrored, alpha, truncation);
  for (double& u : paths.upper) u = 1 - u;
  return paths;
}

}  // namespace kedge::stats
