#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/stats/descriptive.h"
#include "harness/stats/verdict.h"

namespace kedge::stats {

/// Scores of paired units, larger is better, each in [0, 1]. For a guard the score is
/// 1 - violation, so that a difference below 0 always means harm. Repeats of a task are averaged
/// before: one entry per task and arm.
struct PairedScores {
  std::vector<double> champion;
  std::vector<double> candidate;
  std::vector<std::int64_t> clusters;  ///< family or user-task id per pair; empty: all different
};

/// One question of the verdict.
struct FixedQuestion {
  std::string name;
  double margin = 0.10;  ///< loss that must be excluded, in (0, 1)
  PairedScores scores;
};

struct FixedGateInput {
  FixedQuestion overall;              ///< margin = loss excluded for HOLD_NO_DIFFERENCE
  std::vector<FixedQuestion> strata;  ///< at least one; the whole again if it is not divided
  std::vector<FixedQuestion> guards;
  bool hard_limit_broken = false;
  bool data_quality_failed = false;  ///< see CheckDataQuality
};

struct FixedGateDesign {
  double alpha = 0.05;        ///< one-sided, overall gain
  double alpha_block = 0.05;  ///< familywise, losses of strata and guards
  double beta = 0.10;         ///< for the minimum detectable effect only
  double delta_star = 0.05;   ///< smallest gain that matters
  double level = 0.90;        ///< of the two-sided intervals that decide
  std::int64_t resamples = 9999;
  std::uint64_t seed = 1;  ///< of the sign-flip resamples
};

/// How a component was judged.
enum class FixedMethod {
  kMcnemarNewcombe,  ///< binary, no clusters: mid-p McNemar, Newcombe method 10
  kClusteredT,       ///< t with CR1 standard error, 30 clusters or more
  kClusterSignFlip,  ///< 6 to 29 clusters: sign flips, interval by inversion
  /// Clustered binary outcomes without any discordant pair: Newcombe with clusters as pairs.
  kTiedClusters,
  kTooFewClusters,  ///< fewer than 6: shows nothing
  kNoVariance,      ///< all cluster totals agree with one mean: shows nothing
  kNoData,          ///< no pairs: shows nothing
};

/// "mcnemar_midp+newcombe10", "cr1_t", "cluster_sign_flip", "newcombe10_clusters",
/// "too_few_clusters", "no_variance", "no_data".
std::string_view ToString(FixedMethod method);

/// A judged component. Where nothing can be shown both p are 1 and the interval is [-1, 1].
struct FixedComponent {
  std::string name;
  double margin = 0;
  FixedMethod method = FixedMethod::kNoData;
  std::int64_t n = 0;         ///< pairs
  std::int64_t clusters = 0;  ///< = n without clusters
  double mean = 0;            ///< candidate - champion
  double low = -1;            ///< interval of the design's level
  double high = 1;
  double level = 0.90;
  double p_up = 1;             ///< one-sided, small = better
  double p_down = 1;           ///< one-sided, small = worse
  double p_down_adjusted = 1;  ///< Holm over strata and guards; as p_down for the overall effect
  bool noninferior = false;    ///< low > -margin
  bool regressed = false;      ///< p_down_adjusted <= alpha_block (strata and guards)
};

struct FixedVerdict {
  Verdict verdict = Verdict::kHoldInconclusive;
  bool gain_shown = false;        ///< p_up(overall) <= alpha
  bool no_difference = false;     ///< the overall interval lies inside (-margin, delta_star)
  bool too_few_clusters = false;  ///< some component had fewer than 6
  FixedComponent overall;
  std::vector<FixedComponent> strata;
  std::vector<FixedComponent> guards;
};

/// The fixed-size decision: BLOCK if a hard limit is broken; HOLD_INCONCLUSIVE if the data quality
/// failed; BLOCK if a stratum or guard regressed; PROMOTE if the gain is shown and every stratum
/// and guard is non-inferior; HOLD_NO_DIFFERENCE if the overall interval lies inside (-margin,
/// delta_star) and every stratum and guard is non-inferior; else HOLD_INCONCLUSIVE. Pure and
/// deterministic. Throws Error(kBadData) for scores outside [0, 1] or of unequal lengths.
FixedVerdict DecideFixed(const FixedGateInput& input, const FixedGateDesign& design);

/// One component alone, without multiplicity.
FixedComponent JudgeComponent(const FixedQuestion& question, const FixedGateDesign& design);

/// Description of paired scores; no verdict rests on it.
struct PairedSummary {
  std::int64_t n = 0;
  std::int64_t clusters = 0;
  double champion_mean = 0;
  double candidate_mean = 0;
  double delta = 0;
  std::optional<Interval> interval;  ///< CR1 t, `level`; none with fewer than 2 clusters
  double level = 0.95;
  double psi = 0;                       ///< mean of squared differences; binary: discordance
  std::optional<double> rho;            ///< correlation of the arms; none if one does not vary
  std::optional<double> icc;            ///< of the champion's repeats, where there are any
  std::optional<double> design_effect;  ///< (CR1 / iid standard error)^2
  double mde = 0;  ///< (z_{1-alpha} + z_{1-beta}) sqrt(psi / n): smallest effect shown at this n
};

/// `champion_repeats`: the champion's outcomes per task, for the ICC; may be empty. At least one
/// pair.
PairedSummary SummarisePairs(const PairedScores& scores, const FixedGateDesign& design,
                             const std::vector<std::vector<double>>& champion_repeats = {},
                             double level = 0.95);

}  // namespace kedge::stats
