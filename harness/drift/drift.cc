#include "harness/drift/drift.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "harness/drift/arrangement.h"
#include "harness/drift/features.h"
#include "harness/stats/descriptive.h"
#include "harness/stats/multiplicity.h"

namespace kedge::drift {
namespace {

constexpr double kCommonTasksToPair = 0.5;
// A tie within rounding counts as reached.
constexpr double kRounding = 1e-12;

/// Sums then do not depend on the order in the archive.
void Sort(std::vector<Behaviour>& runs) {
  std::sort(runs.begin(), runs.end(), [](const Behaviour& a, const Behaviour& b) {
    return std::tie(a.task, a.trial, a.trace_id) < std::tie(b.task, b.trial, b.trace_id);
  });
}

struct Labellings {
  bool exact = false;
  std::int64_t count = 0;                   // the observed one included
  std::vector<std::vector<double>> values;  // statistic by feature and labelling
};

/// Takes every feature's statistic at the same labellings; the first is the observed one.
Labellings TakeStatistics(const Arrangement& arrangement, std::vector<Feature>& features,
                          const DriftOptions& options) {
  Labellings result;
  result.exact = arrangement.enumerable().has_value();
  result.count =
      result.exact ? static_cast<std::int64_t>(*arrangement.enumerable()) : options.resamples + 1;
  result.values.resize(features.size());
  std::vector<double> weights = arrangement.Observed();
  Random random(options.seed, 0x64726966);
  for (std::int64_t b = 0; b < result.count; ++b) {
    if (b > 0 && result.exact) arrangement.Enumerate(static_cast<std::uint64_t>(b), weights);
    if (b > 0 && !result.exact) arrangement.Shuffle(random, weights);
    for (std::size_t f = 0; f < features.size(); ++f) {
      result.values[f].push_back(features[f].statistic->At(weights));
    }
  }
  return result;
}

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

}  // namespace

const FeatureDrift* DriftReport::Find(const std::string& feature) const {
  for (const FeatureDrift& f : features) {
    if (f.name == feature) return &f;
  }
  return nullptr;
}

DriftReport MeasureDrift(std::vector<Behaviour> champion, std::vector<Behaviour> candidate,
                         const DriftOptions& options) {
  Sort(champion);
  Sort(candidate);
  DriftReport report;
  report.paired = CommonTaskShare(champion, candidate) >= kCommonTasksToPair;
  const Arrangement arrangement = report.paired ? Arrangement::Paired(champion, candidate)
                                                : Arrangement::Unpaired(champion, candidate);
  std::vector<const Behaviour*> runs;
  for (const Behaviour& run : champion) runs.push_back(&run);
  for (const Behaviour& run : candidate) runs.push_back(&run);
  FeatureSet set(runs, arrangement, report.paired, options);
  const Labellings labellings = TakeStatistics(arrangement, set.features(), options);
  report.exact = labellings.exact;
  report.labellings = labellings.count;
  report.tasks = arrangement.tasks();
  report.units = arrangement.units();
  report.champion_runs = static_cast<std::int64_t>(champion.size());
  report.candidate_runs = static_cast<std::int64_t>(candidate.size());
  report.left_out = arrangement.left_out();
  for (std::size_t f = 0; f < set.features().size(); ++f) {
    FeatureDrift feature = set.features()[f].description;
    feature.test = Summarise(labellings.values[f]);
    feature.null_q95 = ExcessQuantile(labellings.values[f], feature.test.mean);
    feature.threshold = ThresholdOf(feature, set.features()[f].practical, options.floors);
    report.features.push_back(std::move(feature));
  }
  Decide(report, options);
  for (FeatureDrift& feature : report.features) {
    if (feature.changed) feature.examples = set.Examples(feature.name);
  }
  set.FillNewScopes(report);
  return report;
}

Floors FloorsFrom(const DriftReport& same_strategy) {
  Floors floors;
  for (const FeatureDrift& feature : same_strategy.features) {
    floors[feature.name] = std::max({0.0, feature.null_q95, feature.test.excess});
  }
  return floors;
}

}  // namespace kedge::drift
