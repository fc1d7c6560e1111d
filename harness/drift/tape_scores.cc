#include "harness/drift/tape_scores.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "harness/core/random.h"
#include "harness/drift/calibration.h"

namespace kedge::drift {
namespace {

// Share of the actions, or of the traces, that matters in practice.
constexpr double kPracticalDifference = 0.05;
constexpr std::size_t kEnumerablePairs = 12;
constexpr std::size_t kShownExamples = 3;
constexpr std::uint64_t kStream = 0x74617065;

/// One score: what each arm shows of each pair.
struct TapeScore {
  const char* name;
  double practical;
  double (*champion)(const FollowedPair&);
  double (*candidate)(const FollowedPair&);
};

/// `swapped(i)`: whether the labels of pair i are exchanged.
template <typename Swapped>
double DistanceAt(std::span<const double> differences, Swapped&& swapped) {
  double sum = 0;
  for (std::size_t i = 0; i < differences.size(); ++i) {
    sum += swapped(i) ? -differences[i] : differences[i];
  }
  return std::abs(sum);
}

std::vector<double> OverLabellings(std::span<const double> differences,
                                   const DriftOptions& options) {
  std::vector<double> values;
  if (differences.size() <= kEnumerablePairs) {
    for (std::uint64_t index = 0; index < std::uint64_t{1} << differences.size(); ++index) {
      values.push_back(
          DistanceAt(differences, [index](std::size_t i) { return (index >> i & 1) != 0; }));
    }
    return values;
  }
  Random random(options.seed, kStream);
  values.push_back(DistanceAt(differences, [](std::size_t) { return false; }));
  for (std::int64_t b = 0; b < options.resamples; ++b) {
    values.push_back(
        DistanceAt(differences, [&random](std::size_t) { return (random.Next64() >> 63) != 0; }));
  }
  return values;
}

/// The traces on which the arms differ most.
std::vector<std::string> Examples(std::span<const FollowedPair> pairs,
                                  std::span<const double> differences) {
  std::vector<std::size_t> order(pairs.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(differences[a]) > std::abs(differences[b]);
  });
  std::vector<std::string> examples;
  for (std::size_t i = 0; i < std::min(order.size(), kShownExamples); ++i) {
    if (differences[order[i]] != 0) examples.push_back(pairs[order[i]].trace_id);
  }
  return examples;
}

FeatureDrift Measure(const TapeScore& score, std::span<const FollowedPair> pairs,
                     const DriftOptions& options) {
  double total = 0;
  for (const FollowedPair& pair : pairs) total += pair.weight;
  FeatureDrift feature;
  feature.name = score.name;
  feature.runs = 2 * static_cast<std::int64_t>(pairs.size());
  std::vector<double> differences;
  for (const FollowedPair& pair : pairs) {
    const double share = pair.weight / total;
    feature.champion += share * score.champion(pair);
    feature.candidate += share * score.candidate(pair);
    differences.push_back(share * (score.candidate(pair) - score.champion(pair)));
  }
  Calibrate(OverLabellings(differences, options), score.practical, options.floors, feature);
  feature.examples = Examples(pairs, differences);
  return feature;
}

}  // namespace

void AddTapeScores(std::span<const FollowedPair> pairs, const DriftOptions& options,
                   DriftReport& report) {
  if (pairs.empty()) return;
  const TapeScore scores[] = {
      {"tape_agreement", kPracticalDifference,
       [](const FollowedPair& pair) { return pair.champion_agreement; },
       [](const FollowedPair& pair) { return pair.candidate_agreement; }},
      {"tape_divergence", kPracticalDifference,
       [](const FollowedPair& pair) { return pair.champion_left ? 1.0 : 0.0; },
       [](const FollowedPair& pair) { return pair.candidate_left ? 1.0 : 0.0; }}};
  const std::size_t first = report.features.size();
  for (const TapeScore& score : scores) report.features.push_back(Measure(score, pairs, options));
  report.changed = false;
  report.index = 0;
  report.index_feature.clear();
  Decide(report, options);
  for (std::size_t i = first; i < report.features.size(); ++i) {
    if (!report.features[i].changed) report.features[i].examples.clear();
  }
}

}  // namespace kedge::drift
