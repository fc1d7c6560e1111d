#include "harness/drift/drift.h"

#include <algorithm>
#include <tuple>

#include "harness/drift/arrangement.h"
#include "harness/drift/calibration.h"
#include "harness/drift/features.h"

namespace kedge::drift {
namespace {

constexpr double kCommonTasksToPair = 0.5;

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
    Calibrate(labellings.values[f], set.features()[f].practical, options.floors, feature);
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
