#include "harness/stats/fixed_gate.h"

#include <algorithm>
#include <cmath>

#include "harness/core/random.h"
#include "harness/stats/checks.h"
#include "harness/stats/clustered.h"
#include "harness/stats/distributions.h"
#include "harness/stats/mcnemar.h"
#include "harness/stats/multiplicity.h"
#include "harness/stats/proportion_intervals.h"

namespace kedge::stats {
namespace {

constexpr std::size_t kMinClusters = 6;
constexpr std::size_t kMinClustersForT = 30;

void CheckScores(const PairedScores& s) {
  RequireSameSize(s.champion.size(), s.candidate.size(), "scores of the two arms");
  if (!s.clusters.empty()) {
    RequireSameSize(s.clusters.size(), s.champion.size(), "scores and clusters");
  }
  for (const auto* arm : {&s.champion, &s.candidate}) {
    for (const double v : *arm) Require(v >= 0 && v <= 1, "a score must lie in [0, 1]");
  }
}

bool IsBinary(const PairedScores& s) {
  const auto binary = [](double v) { return v == 0 || v == 1; };
  return std::all_of(s.champion.begin(), s.champion.end(), binary) &&
         std::all_of(s.candidate.begin(), s.candidate.end(), binary);
}

std::vector<double> Differences(const PairedScores& s) {
  std::vector<double> d(s.champion.size());
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = s.candidate[i] - s.champion[i];
  return d;
}

PairedCounts Count(const PairedScores& s) {
  PairedCounts t;
  for (std::size_t i = 0; i < s.champion.size(); ++i) {
    const bool champion = s.champion[i] == 1;
    const bool candidate = s.candidate[i] == 1;
    t.both += champion && candidate;
    t.only_champion += champion && !candidate;
    t.only_candidate += candidate && !champion;
    t.neither += !champion && !candidate;
  }
  return t;
}

void SetInterval(const Interval& interval, FixedComponent& c) {
  c.low = std::max(-1.0, interval.low);
  c.high = std::min(1.0, interval.high);
}

void JudgeBinary(const PairedCounts& counts, FixedComponent& c) {
  c.method = FixedMethod::kMcnemarNewcombe;
  const McnemarResult test = McnemarTest(counts.only_champion, counts.only_candidate);
  c.p_up = test.midp_greater;
  c.p_down = test.midp_less;
  SetInterval(Newcombe10(counts, c.level).interval, c);
}

// No pair is discordant: what is known is as much as that many independent pairs would tell.
void JudgeTiedClusters(const PairedScores& s, FixedComponent& c) {
  c.method = FixedMethod::kTiedClusters;
  PairedCounts counts;
  counts.both = std::llround(Mean(s.champion) * static_cast<double>(c.clusters));
  counts.neither = c.clusters - counts.both;
  c.p_up = c.p_down = 0.5;
  SetInterval(Newcombe10(counts, c.level).interval, c);
}

bool AllTied(const std::vector<double>& differences) {
  return std::all_of(differences.begin(), differences.end(), [](double d) { return d == 0; });
}

// Every cluster total equals size times the mean, up to rounding.
bool HasNoVariance(const ClusterTotals& totals, double mean) {
  for (std::size_t c = 0; c < totals.count(); ++c) {
    if (std::fabs(totals.sums[c] - totals.sizes[c] * mean) > 1e-12 * totals.sizes[c]) return false;
  }
  return true;
}

void JudgeByT(const std::vector<double>& differences, const PairedScores& s, FixedComponent& c) {
  c.method = FixedMethod::kClusteredT;
  const ClusteredMean m = ClusteredMeanEstimate(differences, s.clusters, c.level);
  c.p_up = StudentTSf(m.t, m.df);
  c.p_down = StudentTSf(-m.t, m.df);
  SetInterval(m.interval, c);
}

void JudgeBySignFlip(const ClusterTotals& totals, const FixedGateDesign& design,
                     FixedComponent& c) {
  c.method = FixedMethod::kClusterSignFlip;
  Random random(DeriveSeed(design.seed, c.name));
  const ClusterSignFlip test = ClusterSignFlipTest(totals, c.level, design.resamples, random);
  c.p_up = test.p_greater;
  c.p_down = test.p_less;
  SetInterval(test.interval, c);
}

void JudgeClustered(const PairedScores& s, const std::vector<double>& differences,
                    const ClusterTotals& totals, const FixedGateDesign& design, FixedComponent& c) {
  if (totals.count() < kMinClusters) {
    c.method = FixedMethod::kTooFewClusters;
  } else if (IsBinary(s) && AllTied(differences)) {
    JudgeTiedClusters(s, c);
  } else if (HasNoVariance(totals, c.mean)) {
    c.method = FixedMethod::kNoVariance;
  } else if (totals.count() >= kMinClustersForT) {
    JudgeByT(differences, s, c);
  } else {
    JudgeBySignFlip(totals, design, c);
  }
}

std::vector<FixedComponent> JudgeAll(const std::vector<FixedQuestion>& questions,
                                     const FixedGateDesign& design) {
  std::vector<FixedComponent> judged;
  for (const FixedQuestion& q : questions) judged.push_back(JudgeComponent(q, design));
  return judged;
}

// Holm over strata and guards together.
void AdjustRegressions(const FixedGateDesign& design, FixedVerdict& v) {
  std::vector<double> p;
  for (const auto* family : {&v.strata, &v.guards}) {
    for (const FixedComponent& c : *family) p.push_back(c.p_down);
  }
  const std::vector<double> adjusted = HolmAdjust(p);
  std::size_t next = 0;
  for (auto* family : {&v.strata, &v.guards}) {
    for (FixedComponent& c : *family) {
      c.p_down_adjusted = adjusted[next++];
      c.regressed = c.p_down_adjusted <= design.alpha_block;
    }
  }
}

template <typename Predicate>
bool AnyComponent(const FixedVerdict& v, const Predicate& predicate) {
  return std::any_of(v.strata.begin(), v.strata.end(), predicate) ||
         std::any_of(v.guards.begin(), v.guards.end(), predicate);
}

Verdict Decide(const FixedGateInput& input, const FixedVerdict& v) {
  if (input.hard_limit_broken) return Verdict::kBlock;
  if (input.data_quality_failed) return Verdict::kHoldInconclusive;
  if (AnyComponent(v, [](const FixedComponent& c) { return c.regressed; })) return Verdict::kBlock;
  if (AnyComponent(v, [](const FixedComponent& c) { return !c.noninferior; })) {
    return Verdict::kHoldInconclusive;
  }
  if (v.gain_shown) return Verdict::kPromote;
  return v.no_difference ? Verdict::kHoldNoDifference : Verdict::kHoldInconclusive;
}

void CheckDesign(const FixedGateDesign& d) {
  RequireLevel(d.alpha, "alpha");
  RequireLevel(d.alpha_block, "alpha_block");
  RequireLevel(d.beta, "beta");
  RequireLevel(d.delta_star, "delta_star");
  RequireLevel(d.level, "confidence level");
  Require(d.resamples >= 1, "the number of resamples must be at least 1");
}

}  // namespace

std::string_view ToString(FixedMethod method) {
  switch (method) {
    case FixedMethod::kMcnemarNewcombe:
      return "mcnemar_midp+newcombe10";
    case FixedMethod::kClusteredT:
      return "cr1_t";
    case FixedMethod::kClusterSignFlip:
      return "cluster_sign_flip";
    case FixedMethod::kTiedClusters:
      return "newcombe10_clusters";
    case FixedMethod::kTooFewClusters:
      return "too_few_clusters";
    case FixedMethod::kNoVariance:
      return "no_variance";
    case FixedMethod::kNoData:
      break;
  }
  return "no_data";
}

FixedComponent JudgeComponent(const FixedQuestion& question, const FixedGateDesign& design) {
  CheckDesign(design);
  CheckScores(question.scores);
  RequireLevel(question.margin, "margin of '" + question.name + "'");
  FixedComponent c;
  c.name = question.name;
  c.margin = question.margin;
  c.level = design.level;
  c.n = static_cast<std::int64_t>(question.scores.champion.size());
  if (c.n == 0) return c;
  const std::vector<double> differences = Differences(question.scores);
  const ClusterTotals totals = SumByCluster(differences, question.scores.clusters);
  c.clusters = static_cast<std::int64_t>(totals.count());
  c.mean = Mean(differences);
  if (c.clusters == c.n && IsBinary(question.scores)) {
    JudgeBinary(Count(question.scores), c);
  } else {
    JudgeClustered(question.scores, differences, totals, design, c);
  }
  c.p_down_adjusted = c.p_down;
  c.noninferior = c.low > -c.margin;
  return c;
}

FixedVerdict DecideFixed(const FixedGateInput& input, const FixedGateDesign& design) {
  Require(!input.strata.empty(),
          "the fixed-size gate needs at least one stratum; give the whole as one");
  FixedVerdict v;
  v.overall = JudgeComponent(input.overall, design);
  v.strata = JudgeAll(input.strata, design);
  v.guards = JudgeAll(input.guards, design);
  AdjustRegressions(design, v);
  const auto too_few = [](const FixedComponent& c) {
    return c.method == FixedMethod::kTooFewClusters;
  };
  v.too_few_clusters = too_few(v.overall) || AnyComponent(v, too_few);
  v.gain_shown = v.overall.p_up <= design.alpha;
  v.no_difference = v.overall.low > -v.overall.margin && v.overall.high < design.delta_star;
  v.verdict = Decide(input, v);
  return v;
}

}  // namespace kedge::stats
