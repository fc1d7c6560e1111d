#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/gate/policy.h"
#include "harness/gate/verdict.h"
#include "harness/stats/data_quality.h"

namespace kedge::gate {

/// A complete pair on a task that a recorded trace became.
struct ProductionPair {
  std::string trace_id;
  std::string task_id;
  double weight = 1;         ///< 1 / inclusion probability, above 0
  double difference = 0;     ///< candidate minus champion, in [-1, 1]
  std::string cluster = {};  ///< pairs of one cluster are one observation; empty: alone
};

/// Levels of the test on production.
struct ProductionLevels {
  double alpha = 0.05, alpha_block = 0.05, beta = 0.10;
  double margin = 0.10;             ///< loss that must be excluded
  double prior_discordance = 0.25;  ///< expected E[D^2]
};

/// The stratum `production`: betting e-processes on the weighted mean difference over the
/// population that the traces are a sample of, with the pairs in the order given (which must not
/// depend on their outcomes). Pairs of one cluster count as their weighted mean with the weight of
/// all, where the first of them stands. With r = weight / largest weight, r (D + margin) - margin
/// has a mean of at most -margin exactly when the weighted mean of D has, and lies in [-1, 1] as D
/// does; harm is tested on -r D. The interval is Hajek's with the linearised variance of a sample
/// with replacement. Component::n_more is a forecast for non-inferiority.
Component TestProduction(const std::vector<ProductionPair>& pairs, const ProductionLevels& levels);

/// What recorded traces say of a candidate.
struct ProductionEvidence {
  std::string archive, archive_digest;
  std::int64_t traces = 0;
  /// Weight of the traces: rebuilt as tasks, only followed call by call, neither.
  double rebuilt_weight = 0, followed_weight = 0, unreplayable_weight = 0;
  std::vector<ProductionPair> pairs;  ///< in the order of the test
  stats::DroppedPairs drops;
  std::int64_t episodes = 0;
  /// Weighted mean share of the recorded actions that an arm repeats, and share of the weight that
  /// left the tape, over the traces that were only followed.
  double champion_agreement = 1, candidate_agreement = 1;
  double champion_divergence = 0, candidate_divergence = 0;
  /// Hard guards that the candidate broke: rule to id of the first trace.
  std::map<std::string, std::string> hard_violations;

  double total_weight() const { return rebuilt_weight + followed_weight + unreplayable_weight; }
  double coverage() const;  ///< rebuilt share
};

/// Puts the evidence into the verdict: the component `stratum:production` and `details.production`.
/// A broken hard guard or harm shown on production turns any verdict into BLOCK; a PROMOTE or
/// HOLD_NO_DIFFERENCE without its non-inferiority, with too little coverage or too many lost pairs
/// turns into HOLD_INCONCLUSIVE. Nothing ever turns into PROMOTE. Pure.
void AddProduction(const ProductionEvidence& evidence, const GatePolicy& policy,
                   const ProductionLevels& levels, Verdict& verdict);

/// The levels of the test beside a gate that was run at `verdict`'s.
ProductionLevels LevelsBeside(const GatePolicy& policy, const Verdict& verdict);

}  // namespace kedge::gate
