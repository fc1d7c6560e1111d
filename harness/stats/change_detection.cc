#include "harness/stats/change_detection.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/stats/checks.h"
#include "harness/stats/descriptive.h"

namespace kedge::stats {
namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();

// ln(1 + exp(a)).
double LogOnePlusExp(double a) {
  return a > 0 ? a + std::log1p(std::exp(-a)) : std::log1p(std::exp(a));
}

// Kelly's bet if the mean falls to m0 - shift.
double KellyBet(double m0, double shift) { return ((1 - (m0 - shift)) / (1 - m0) - 1) / m0; }

void CheckObservation(double x, double relative_weight) {
  Require(x >= 0 && x <= 1, "the detector takes values in [0, 1]");
  Require(relative_weight > 0 && relative_weight <= 1, "a relative weight must lie in (0, 1]");
}

}  // namespace

void EDetectorDesign::Validate() const {
  RequireLevel(m0, "in-control mean");
  Require(threshold > 1 && std::isfinite(threshold), "the alarm threshold must exceed 1");
  Require(!shifts.empty(), "the detector needs at least one shift");
  for (const double s : shifts) Require(s > 0 && s <= m0, "a shift must lie in (0, m0]");
  if (weights.empty()) return;
  RequireSameSize(weights.size(), shifts.size(), "shifts and weights");
  double sum = 0;
  for (const double w : weights) {
    Require(w > 0, "a weight must be positive");
    sum += w;
  }
  Require(std::fabs(sum - 1) < 1e-9, "the weights must sum to 1");
}

EDetector::EDetector(const EDetectorDesign& design)
    : m0_(design.m0),
      log_threshold_(std::log(design.threshold)),
      shifts_(design.shifts),
      log_components_(design.shifts.size(), kNothing) {
  design.Validate();
  const auto count = static_cast<double>(design.shifts.size());
  for (std::size_t j = 0; j < design.shifts.size(); ++j) {
    lambdas_.push_back(KellyBet(m0_, design.shifts[j]));
    log_weights_.push_back(std::log(design.weights.empty() ? 1 / count : design.weights[j]));
  }
}

EDetector::EDetector(const EDetectorDesign& design, std::vector<double> log_components)
    : EDetector(design) {
  RequireSameSize(log_components.size(), lambdas_.size(), "saved detector state");
  for (const double l : log_components) Require(!std::isnan(l), "saved detector state: NaN");
  log_components_ = std::move(log_components);
}

void EDetector::Step(std::size_t component, double lambda, double m0, double x,
                     double relative_weight) {
  const double factor = lambda * relative_weight * (m0 - x);
  double& log_component = log_components_[component];
  // A shift of the whole of m0 makes a success worth nothing: factor -1, log -inf.
  log_component = LogOnePlusExp(log_component) + std::log1p(std::max(-1.0, factor));
}

bool EDetector::Update(double x, double relative_weight) {
  CheckObservation(x, relative_weight);
  for (std::size_t j = 0; j < lambdas_.size(); ++j) Step(j, lambdas_[j], m0_, x, relative_weight);
  return alarm();
}

bool EDetector::UpdateStratum(double x, double stratum_m0, double relative_weight) {
  CheckObservation(x, relative_weight);
  RequireLevel(stratum_m0, "in-control mean of the stratum");
  for (std::size_t j = 0; j < shifts_.size(); ++j) {
    Step(j, KellyBet(stratum_m0, std::min(shifts_[j], stratum_m0)), stratum_m0, x, relative_weight);
  }
  return alarm();
}

double EDetector::log_statistic() const {
  std::vector<double> terms(log_components_.size());
  for (std::size_t j = 0; j < terms.size(); ++j) terms[j] = log_weights_[j] + log_components_[j];
  return LogSumExp(terms);
}

bool EDetector::alarm() const { return log_statistic() >= log_threshold_; }

BernoulliCusum::BernoulliCusum(double p0, double p1, double threshold) : threshold_(threshold) {
  RequireLevel(p0, "p0");
  RequireLevel(p1, "p1");
  Require(p0 != p1, "CUSUM needs two different rates");
  RequirePositive(threshold, "CUSUM threshold");
  on_success_ = std::log(p1 / p0);
  on_failure_ = std::log((1 - p1) / (1 - p0));
}

bool BernoulliCusum::Update(bool success) {
  statistic_ = std::max(0.0, statistic_) + (success ? on_success_ : on_failure_);
  return statistic_ >= threshold_;
}

PageHinkley::PageHinkley(double delta, double threshold, double forgetting,
                         std::int64_t min_instances)
    : delta_(delta), threshold_(threshold), forgetting_(forgetting), min_instances_(min_instances) {
  Require(delta >= 0 && threshold > 0, "Page-Hinkley needs delta >= 0 and a positive threshold");
  Require(forgetting > 0 && forgetting <= 1, "the forgetting factor must lie in (0, 1]");
}

bool PageHinkley::Update(double x) {
  Require(std::isfinite(x), "Page-Hinkley: the value is not finite");
  ++count_;
  mean_ += (x - mean_) / static_cast<double>(count_);
  statistic_ = std::max(0.0, forgetting_ * statistic_ + (x - mean_ - delta_));
  return count_ >= min_instances_ && statistic_ > threshold_;
}

}  // namespace kedge::stats
