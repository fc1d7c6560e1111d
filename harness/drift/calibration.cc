#include "harness/drift/calibration.h"

#include <algorithm>
#include <cmath>

#include "harness/stats/descriptive.h"
#include "harness/stats/multiplicity.h"

namespace kedge::drift {
namespace {

// A tie within rounding counts as reached.
constexpr double kRounding = 1e-12;

double ExcessQuantile(std::vector<double> values, double mean) {
  std::sort(values.begin(), values.end());
  return stats::QuantileSorted(values, 0.95) - mean;
}

/// The vector has no natural scale: twice the champion's own noise is its threshold.
double ThresholdOf(const FeatureDrift& feature, double practical, const Floors& floors) {
  const auto floor = floors.find(feature.name);
  if (feature.name == "vector") {
    return 2 * std::max(floor == floors.end() ? feature.null_q95 : floor->second, kRounding);
  }
  return std::max(practical, floor == floors.end() ? 0.0 : floor->second);
}

}  // namespace

stats::DriftPermutation Summarise(const std::vector<double>& values) {
  stats::DriftPermutation test;
  test.observed = values.front();
  test.labellings = static_cast<std::int64_t>(values.size());
  const auto count = static_cast<double>(values.size());
  double squares = 0;
  for (std::size_t b = 0; b < values.size(); ++b) {
    test.hits += values[b] >= test.observed - kRounding;
    // Welford: a constant statistic has sd exactly 0.
    const double gap = values[b] - test.mean;
    test.mean += gap / static_cast<double>(b + 1);
    squares += gap * (values[b] - test.mean);
  }
  test.p = static_cast<double>(test.hits) / count;
  test.sd = std::sqrt(squares / count);
  test.excess = test.observed - test.mean;
  test.z = test.excess / test.sd;
  return test;
}

void Calibrate(const std::vector<double>& values, double practical, const Floors& floors,
               FeatureDrift& feature) {
  feature.test = Summarise(values);
  feature.null_q95 = ExcessQuantile(values, feature.test.mean);
  feature.threshold = ThresholdOf(feature, practical, floors);
}

void Decide(DriftReport& report, const DriftOptions& options) {
  std::vector<double> p;
  for (const FeatureDrift& feature : report.features) {
    if (feature.counted) p.push_back(feature.test.p);
  }
  const std::vector<double> adjusted = stats::HolmAdjust(p);
  std::size_t next = 0;
  for (FeatureDrift& feature : report.features) {
    feature.p_holm = feature.counted ? adjusted[next++] : feature.test.p;
    feature.changed = feature.p_holm <= options.level && feature.test.excess >= feature.threshold;
    if (!feature.counted) continue;
    report.changed = report.changed || feature.changed;
    const double index = feature.test.excess / feature.threshold;
    if (report.index_feature.empty() || index > report.index) {
      report.index = index;
      report.index_feature = feature.name;
    }
  }
}

}  // namespace kedge::drift
