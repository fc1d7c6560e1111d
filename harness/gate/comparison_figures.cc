#include "harness/gate/comparison_figures.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "harness/core/random.h"
#include "harness/gate/comparison_bootstrap.h"
#include "harness/stats/clustered.h"
#include "harness/stats/mcnemar.h"
#include "harness/stats/pass_at_k.h"
#include "harness/stats/permutation.h"
#include "harness/stats/proportion_intervals.h"
#include "harness/stats/ratio.h"

namespace kedge::gate {
namespace {

constexpr double kReadingLevel = 0.95;
constexpr double kFamilyLevel = 0.90;
constexpr std::int64_t kLargestK = 10;
// A description need not cost more than about a tenth of a second.
constexpr std::int64_t kMostFlips = 100'000'000;
constexpr std::int64_t kFewestResamples = 499;

Json OrNull(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? Json(*value) : Json();
}

Json IntervalFigure(const stats::Interval& interval) {
  return {{"low", interval.low}, {"high", interval.high}, {"level", kReadingLevel}};
}

// Scored trials by task.
std::vector<stats::Trials> CountTrials(const agent::RecordedOutcomes& outcomes) {
  std::map<std::tuple<std::string, std::string, std::string, std::string>, stats::Trials> tasks;
  for (const agent::RecordedRun& run : outcomes.runs) {
    if (run.record.outcome.status != trace::EpisodeStatus::kScored) continue;
    const trace::EpisodeKey& key = run.record.key;
    stats::Trials& task = tasks[{key.suite, key.stratum, key.task_id, run.task_version}];
    ++task.n;
    task.successes += run.record.outcome.success ? 1 : 0;
  }
  std::vector<stats::Trials> trials;
  for (const auto& [key, counts] : tasks) trials.push_back(counts);
  return trials;
}

Json PassFigures(const std::vector<stats::Trials>& tasks) {
  std::int64_t most = 0;
  for (const stats::Trials& task : tasks) most = std::max(most, task.n);
  Json rows = Json::array();
  for (std::int64_t k = 1; k <= std::min(most, kLargestK); ++k) {
    std::vector<stats::Trials> enough;
    for (const stats::Trials& task : tasks) {
      if (task.n >= k) enough.push_back(task);
    }
    rows.push_back({{"k", k},
                    {"tasks", enough.size()},
                    {"at", stats::MeanPassAtK(enough, k)},
                    {"hat", stats::MeanPassHatK(enough, k)}});
  }
  return rows;
}

bool IsSignedUnit(double difference) {
  return difference == 0 || difference == 1 || difference == -1;
}

Json PermutationRow(double up, double down, double both, const char* method, std::int64_t draws) {
  return {{"p_up", up},
          {"p_down", down},
          {"p_two_sided", both},
          {"method", method},
          {"resamples", draws}};
}

Interval FamilyInterval(const std::vector<double>& champion, const std::vector<double>& candidate) {
  std::vector<double> differences;
  for (std::size_t i = 0; i < champion.size(); ++i) {
    differences.push_back(candidate[i] - champion[i]);
  }
  const double mean = stats::Mean(differences);
  if (differences.size() < 2) return {mean, -1, 1, kFamilyLevel};
  const stats::Interval t =
      stats::ClusteredMeanEstimate(differences, std::vector<std::int64_t>(), kFamilyLevel).interval;
  return {mean, std::max(-1.0, t.low), std::min(1.0, t.high), kFamilyLevel};
}

Interval FamilyTableInterval(const stats::PairedCounts& counts) {
  const stats::PairedDifference d = stats::Newcombe10(counts, kFamilyLevel);
  return {d.difference, d.interval.low, d.interval.high, kFamilyLevel};
}

struct FamilyScores {
  std::string stratum;
  std::vector<double> champion, candidate;
  stats::PairedCounts counts;
  bool binary = true;
};

void AddToFamily(const PairedTask& task, FamilyScores& family) {
  const auto is_binary = [](double score) { return score == 0 || score == 1; };
  family.stratum = task.stratum;
  family.champion.push_back(task.champion);
  family.candidate.push_back(task.candidate);
  family.binary = family.binary && is_binary(task.champion) && is_binary(task.candidate);
  stats::PairedCounts& counts = family.counts;
  ++(task.champion == 1 ? (task.candidate == 1 ? counts.both : counts.only_champion)
                        : (task.candidate == 1 ? counts.only_candidate : counts.neither));
}

}  // namespace

Json ArmFigures(const agent::RecordedOutcomes& outcomes) {
  std::int64_t missing = 0;
  std::int64_t passed = 0;
  double score = 0;
  for (const agent::RecordedRun& run : outcomes.runs) {
    missing += run.record.outcome.status == trace::EpisodeStatus::kMissing ? 1 : 0;
    passed += run.record.outcome.success ? 1 : 0;
    score += run.record.outcome.score;
  }
  const std::vector<stats::Trials> tasks = CountTrials(outcomes);
  const auto runs = static_cast<std::int64_t>(outcomes.runs.size());
  const auto scored = static_cast<double>(runs - missing);
  const auto flaky = std::count_if(tasks.begin(), tasks.end(), [](const stats::Trials& task) {
    return task.successes > 0 && task.successes < task.n;
  });
  return {{"tasks", tasks.size()},
          {"runs", runs},
          {"missing", missing},
          {"passed", passed},
          {"rate", scored > 0 ? Json(static_cast<double>(passed) / scored) : Json()},
          {"mean_score", scored > 0 ? Json(score / scored) : Json()},
          {"pass", PassFigures(tasks)},
          {"flaky_tasks", flaky}};
}

Json TableFigures(const PairTable& table, bool binary) {
  const stats::PairedCounts counts{table.both, table.only_champion, table.only_candidate,
                                   table.neither};
  Json json = {{"n", table.n},
               {"both", table.both},
               {"only_champion", table.only_champion},
               {"only_candidate", table.only_candidate},
               {"neither", table.neither}};
  if (table.n == 0) return json;
  const stats::McnemarResult mcnemar =
      stats::McnemarTest(table.only_champion, table.only_candidate);
  json["mcnemar"] = {{"exact_p", mcnemar.exact_two_sided}, {"mid_p", mcnemar.midp_two_point}};
  if (!binary) return json;
  const stats::PairedDifference wald = stats::WaldPairedDifference(counts, kReadingLevel);
  json["estimate"] = wald.difference;
  json["intervals"] = {
      {"newcombe10", IntervalFigure(stats::Newcombe10(counts, kReadingLevel).interval)},
      {"wald", IntervalFigure(wald.interval)},
      {"agresti_min",
       IntervalFigure(stats::AgrestiMinPairedDifference(counts, kReadingLevel).interval)}};
  return json;
}

Json PermutationFigures(const stats::PairedScores& scores, const stats::FixedGateDesign& design) {
  // A difference of 0 is the same under either sign.
  std::vector<double> differences;
  for (std::size_t i = 0; i < scores.champion.size(); ++i) {
    const double d = scores.candidate[i] - scores.champion[i];
    if (d != 0) differences.push_back(d);
  }
  if (differences.empty()) return PermutationRow(1, 1, 1, "exact", 0);
  if (std::all_of(differences.begin(), differences.end(), IsSignedUnit)) {
    // Then the sum of signs is binomial, and the test is McNemar's exact one.
    const auto wins = std::count(differences.begin(), differences.end(), 1.0);
    const auto losses = static_cast<std::int64_t>(differences.size()) - wins;
    const stats::McnemarResult exact = stats::McnemarTest(losses, wins);
    return PermutationRow(exact.exact_greater, exact.exact_less, exact.exact_two_sided, "exact", 0);
  }
  Random random(DeriveSeed(design.seed, "permutation"));
  const std::int64_t affordable = kMostFlips / static_cast<std::int64_t>(differences.size());
  const stats::SignFlipResult flips = stats::SignFlipTest(
      differences, std::clamp(affordable, kFewestResamples, design.resamples), random);
  return PermutationRow(flips.p_greater, flips.p_less, flips.p_two_sided,
                        flips.exact ? "exact" : "monte_carlo", flips.resamples);
}

Json BootstrapFigures(const stats::PairedScores& scores, std::int64_t resamples,
                      std::uint64_t seed) {
  std::vector<double> differences;
  for (std::size_t i = 0; i < scores.champion.size(); ++i) {
    differences.push_back(scores.candidate[i] - scores.champion[i]);
  }
  const BootstrapMean b = BootstrapClusterMean(stats::SumByCluster(differences, scores.clusters),
                                               resamples, kReadingLevel, seed);
  return {{"resamples", resamples},
          {"sd", b.sd},
          {"low", b.low},
          {"high", b.high},
          {"level", kReadingLevel}};
}

Json SummaryFigures(const Pairing& pairing, const stats::FixedGateDesign& design) {
  std::vector<std::vector<double>> repeats;
  for (const PairedTask& task : pairing.tasks) repeats.push_back(task.champion_scores);
  const stats::PairedSummary s =
      stats::SummarisePairs(ScoresOf(pairing), design, repeats, kReadingLevel);
  return {{"tasks", s.n},
          {"clusters", s.clusters},
          {"champion_mean", s.champion_mean},
          {"candidate_mean", s.candidate_mean},
          {"psi", s.psi},
          {"rho", OrNull(s.rho)},
          {"icc", OrNull(s.icc)},
          {"design_effect", OrNull(s.design_effect)},
          {"mde", s.mde},
          {"cr1_t", s.interval ? IntervalFigure(*s.interval) : Json()}};
}

std::vector<ResourceUse> ResourceFigures(const Pairing& pairing) {
  std::vector<ResourceUse> uses;
  for (const auto& [name, amounts] : pairing.amounts) {
    ResourceUse use{name, stats::Mean(amounts.champion), stats::Mean(amounts.candidate), {}, {},
                    {}};
    if (amounts.champion.size() >= 2 && use.champion > 0) {
      const stats::RatioOfMeans ratio =
          stats::RatioOfPairedMeans(amounts.candidate, amounts.champion, kReadingLevel);
      use.ratio = ratio.ratio;
      if (ratio.fieller_g < 1) {
        use.ratio_low = ratio.fieller.low;
        use.ratio_high = ratio.fieller.high;
      }
    }
    uses.push_back(std::move(use));
  }
  return uses;
}

std::vector<FamilyEffect> FamilyFigures(const Pairing& pairing) {
  std::map<std::string, FamilyScores> families;
  for (const PairedTask& task : pairing.tasks) {
    if (!task.family.empty()) AddToFamily(task, families[task.family]);
  }
  std::vector<FamilyEffect> effects;
  for (const auto& [name, family] : families) {
    effects.push_back({name, family.stratum, static_cast<std::int64_t>(family.champion.size()),
                       stats::Mean(family.champion), stats::Mean(family.candidate),
                       family.binary ? FamilyTableInterval(family.counts)
                                     : FamilyInterval(family.champion, family.candidate)});
  }
  return effects;
}

}  // namespace kedge::gate
