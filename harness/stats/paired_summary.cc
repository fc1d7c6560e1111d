#include <cmath>

#include "harness/stats/checks.h"
#include "harness/stats/clustered.h"
#include "harness/stats/fixed_gate.h"
#include "harness/stats/sample_size.h"
#include "harness/stats/variance_components.h"

namespace kedge::stats {
namespace {

std::optional<double> Correlation(const PairedScores& s) {
  if (s.champion.size() < 2) return std::nullopt;
  const double variances = SampleVariance(s.champion) * SampleVariance(s.candidate);
  if (!(variances > 0)) return std::nullopt;
  return SampleCovariance(s.champion, s.candidate) / std::sqrt(variances);
}

std::optional<double> RepeatIcc(const std::vector<std::vector<double>>& repeats) {
  bool repeated = false;
  for (const auto& task : repeats) repeated = repeated || task.size() > 1;
  if (!repeated || repeats.size() < 2) return std::nullopt;
  const double icc = AnalyseRepeats(repeats).icc1;
  if (std::isnan(icc)) return std::nullopt;
  return icc;
}

}  // namespace

PairedSummary SummarisePairs(const PairedScores& scores, const FixedGateDesign& design,
                             const std::vector<std::vector<double>>& champion_repeats,
                             double level) {
  RequireSameSize(scores.champion.size(), scores.candidate.size(), "scores of the two arms");
  Require(!scores.champion.empty(), "a summary needs at least one pair");
  std::vector<double> differences;
  PairedSummary r;
  for (std::size_t i = 0; i < scores.champion.size(); ++i) {
    differences.push_back(scores.candidate[i] - scores.champion[i]);
    r.psi += differences.back() * differences.back();
  }
  r.n = static_cast<std::int64_t>(differences.size());
  r.psi /= static_cast<double>(r.n);
  r.champion_mean = Mean(scores.champion);
  r.candidate_mean = Mean(scores.candidate);
  r.delta = Mean(differences);
  r.level = level;
  r.clusters = static_cast<std::int64_t>(SumByCluster(differences, scores.clusters).count());
  if (r.clusters >= 2) {
    const ClusteredMean m = ClusteredMeanEstimate(differences, scores.clusters, level);
    r.interval = m.interval;
    if (!std::isnan(m.design_effect)) r.design_effect = m.design_effect;
  }
  r.rho = Correlation(scores);
  r.icc = RepeatIcc(champion_repeats);
  r.mde = MinimumDetectableEffect(r.psi, static_cast<double>(r.n), design.alpha, design.beta);
  return r;
}

}  // namespace kedge::stats
