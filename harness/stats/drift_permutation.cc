#include "harness/stats/drift_permutation.h"

#include <cmath>

#include "harness/stats/checks.h"

namespace kedge::stats {
namespace {

constexpr std::size_t kMaxEnumeratedTasks = 20;

void CheckFeatures(const TaskFeatures& a, const TaskFeatures& b) {
  RequireSameSize(a.size(), b.size(), "tasks of the two arms");
  Require(!a.empty(), "a drift test needs at least one task");
  for (std::size_t i = 0; i < a.size(); ++i) {
    RequireSameSize(a[i].size(), a[0].size(), "feature vectors");
    RequireSameSize(b[i].size(), a[0].size(), "feature vectors");
    RequireFinite(a[i], "features");
    RequireFinite(b[i], "features");
  }
}

// Statistic of a labelling; swapped(i) tells whether task i has its arms exchanged.
template <typename Swapped>
double StatisticOf(const TaskFeatures& a, const TaskFeatures& b, const FeatureDistance& distance,
                   const Swapped& swapped) {
  std::vector<double> first(a[0].size(), 0.0);
  std::vector<double> second(a[0].size(), 0.0);
  const auto tasks = static_cast<double>(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool swap = swapped(i);
    const auto& one = swap ? b[i] : a[i];
    const auto& two = swap ? a[i] : b[i];
    for (std::size_t j = 0; j < one.size(); ++j) {
      first[j] += one[j] / tasks;
      second[j] += two[j] / tasks;
    }
  }
  return distance(first, second);
}

// Moments by Welford, so that a constant statistic has sd exactly 0.
class Summary {
 public:
  explicit Summary(double observed) { r_.observed = observed; }

  void Add(double statistic) {
    ++r_.labellings;
    r_.hits += statistic >= r_.observed - 1e-12;
    const double gap = statistic - r_.mean;
    r_.mean += gap / static_cast<double>(r_.labellings);
    squares_ += gap * (statistic - r_.mean);
  }

  DriftPermutation Finish() {
    const auto count = static_cast<double>(r_.labellings);
    r_.p = static_cast<double>(r_.hits) / count;
    r_.sd = std::sqrt(squares_ / count);
    r_.excess = r_.observed - r_.mean;
    r_.z = r_.excess / r_.sd;
    return r_;
  }

 private:
  DriftPermutation r_;
  double squares_ = 0;
};

double Observed(const TaskFeatures& a, const TaskFeatures& b, const FeatureDistance& distance) {
  return StatisticOf(a, b, distance, [](std::size_t) { return false; });
}

}  // namespace

DriftPermutation DriftPermutationExact(const TaskFeatures& champion, const TaskFeatures& candidate,
                                       const FeatureDistance& distance) {
  CheckFeatures(champion, candidate);
  Require(champion.size() <= kMaxEnumeratedTasks,
          "the exact drift test takes at most 20 tasks; use DriftPermutationSample");
  Summary summary(Observed(champion, candidate, distance));
  for (std::uint32_t mask = 0; mask < (1U << champion.size()); ++mask) {
    summary.Add(StatisticOf(champion, candidate, distance,
                            [mask](std::size_t i) { return ((mask >> i) & 1U) != 0; }));
  }
  return summary.Finish();
}

DriftPermutation DriftPermutationSample(const TaskFeatures& champion, const TaskFeatures& candidate,
                                        const FeatureDistance& distance, std::int64_t resamples,
                                        Random& random) {
  CheckFeatures(champion, candidate);
  Require(resamples > 0, "the drift test needs at least one resample");
  Summary summary(Observed(champion, candidate, distance));
  summary.Add(Observed(champion, candidate, distance));
  for (std::int64_t b = 0; b < resamples; ++b) {
    summary.Add(StatisticOf(champion, candidate, distance,
                            [&](std::size_t) { return (random() & 1U) != 0; }));
  }
  return summary.Finish();
}

std::vector<double> Normalised(std::span<const double> counts) {
  double total = 0;
  for (const double c : counts) {
    Require(c >= 0 && std::isfinite(c), "a count is negative or not finite");
    total += c;
  }
  Require(total > 0, "cannot normalise counts that sum to 0");
  std::vector<double> shares;
  for (const double c : counts) shares.push_back(c / total);
  return shares;
}

}  // namespace kedge::stats
