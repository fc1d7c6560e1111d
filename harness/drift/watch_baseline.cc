#include <algorithm>
#include <cmath>
#include <set>

#include "harness/core/error.h"
#include "harness/drift/watch.h"
#include "harness/stats/survey.h"

namespace kedge::drift {
namespace {

constexpr double kZ95 = 1.6448536269514722;  // one-sided 95 %
constexpr double kLeastMean = 0.05;
constexpr double kLargestMean = 0.99;

struct Sample {
  std::vector<double> values, inclusion;
};

bool IsBinary(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return v == 0 || v == 1; });
}

/// Wilson's lower limit at a sample size that need not be whole (1927).
double WilsonLower(double mean, double n) {
  const double z2 = kZ95 * kZ95;
  const double centre = mean + z2 / (2 * n);
  const double spread = kZ95 * std::sqrt(mean * (1 - mean) / n + z2 / (4 * n * n));
  return (centre - spread) / (1 + z2 / n);
}

/// The mean's lower limit as a statement about traces to come, not about the sampled window: the
/// values vary, whatever their inclusion probabilities.
double LowerLimit(const Sample& sample) {
  const stats::SurveyEstimate estimate = stats::HorvitzThompson(sample.values, sample.inclusion);
  if (IsBinary(sample.values)) {
    return WilsonLower(std::clamp(estimate.mean, 0.0, 1.0), estimate.effective_n);
  }
  double squares = 0, total = 0;
  for (std::size_t i = 0; i < sample.values.size(); ++i) {
    const double weight = 1 / sample.inclusion[i];
    squares += weight * weight * std::pow(sample.values[i] - estimate.mean, 2);
    total += weight;
  }
  return estimate.mean - kZ95 * std::sqrt(squares) / total;
}

std::map<std::string, std::string> GroupsOf(std::span<const GradedTrace> window,
                                            std::int64_t least) {
  std::map<std::string, std::int64_t> counts;
  for (const GradedTrace& trace : window) ++counts[trace.stratum];
  std::map<std::string, std::string> groups;
  for (const auto& [stratum, count] : counts) {
    groups[stratum] = count >= least ? stratum : kOtherStrata;
  }
  return groups;
}

}  // namespace

std::optional<GradedTrace> Grade(const trace::Trace& trace, const GradeCaps& caps) {
  if (!trace.outcome || trace.outcome->status == trace::EpisodeStatus::kMissing) {
    return std::nullopt;
  }
  const trace::Outcome& outcome = *trace.outcome;
  GradedTrace graded{trace.id, trace.key.stratum, {}, trace.inclusion_probability};
  graded.values["success"] = outcome.success ? 1 : 0;
  if (!outcome.watched_guards.empty() || !outcome.violations.empty()) {
    const bool violated = std::any_of(outcome.violations.begin(), outcome.violations.end(),
                                      [](const auto& entry) { return entry.second > 0; });
    graded.values["no_violation"] = violated ? 0 : 1;
  }
  const auto add_amount = [&](const char* name, double amount, double cap) {
    if (cap > 0) graded.values[name] = 1 - std::clamp(amount, 0.0, cap) / cap;
  };
  if (outcome.has_cost) add_amount("cost", outcome.cost, caps.cost);
  if (outcome.latency_seconds > 0) {
    add_amount("latency", outcome.latency_seconds, caps.latency_seconds);
  }
  return graded;
}

WatchDesign BaselineDesign(std::span<const GradedTrace> window, const BaselineOptions& options) {
  const std::map<std::string, std::string> groups = GroupsOf(window, options.least_traces);
  std::map<std::string, std::map<std::string, Sample>> samples;
  for (const GradedTrace& trace : window) {
    for (const auto& [name, value] : trace.values) {
      Sample& sample = samples[name][groups.at(trace.stratum)];
      sample.values.push_back(value);
      sample.inclusion.push_back(trace.inclusion_probability);
    }
  }
  WatchDesign design;
  design.threshold = options.threshold;
  design.min_inclusion = options.min_inclusion;
  for (const auto& [name, by_stratum] : samples) {
    WatchMetric metric{name, 1, {}};
    for (const auto& [stratum, sample] : by_stratum) {
      const double m0 = std::min(kLargestMean, LowerLimit(sample) - options.tolerance);
      if (m0 >= kLeastMean) metric.m0[stratum] = m0;
    }
    if (!metric.m0.empty()) design.metrics.push_back(std::move(metric));
  }
  if (design.metrics.empty()) {
    throw BadData("the baseline has nothing to watch: no graded trace, or every mean is near 0");
  }
  design.Validate();
  return design;
}

}  // namespace kedge::drift
