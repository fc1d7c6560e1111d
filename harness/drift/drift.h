#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/drift/behaviour.h"
#include "harness/stats/drift_permutation.h"

namespace kedge::drift {

/// q95 of the excess that the champion shows against itself, by feature: what a threshold may not
/// fall below. Measured by `MeasureDrift` on two batches of the champion's own runs.
using Floors = std::map<std::string, double>;

/// Smallest excess of each score that matters in practice.
struct Thresholds {
  double tools = 0.05;                        ///< bits
  double path = 0.10;                         ///< bits
  double steps = 0.22314355131420976;         ///< ln 1.25
  double output_tokens = 0.4054651081081644;  ///< ln 1.5
  double cost = 0.09531017980432493;          ///< ln 1.10
  double latency = 0.22314355131420976;       ///< ln 1.25
  double refusal = 0.02;
  double tool_error = 0.02;
  double retry = 0.02;
  double scope = 0.01;
  double judge = 0.05;
};

struct DriftOptions {
  Thresholds thresholds;
  Floors floors;
  double level = 0.01;            ///< Holm-adjusted p at or below which a change is significant
  std::int64_t resamples = 1999;  ///< Holm over 12 scores reaches 0.01 only from 1,199 on
  std::uint64_t seed = 1;
  bool latency_counts = true;        ///< false: wall time is shown, nothing rests on it
  std::set<std::string> allow;       ///< tools that are in scope whoever used them before
  std::set<std::string> privileged;  ///< tools of which one call outside the scope is too many
};

/// A cell of a distribution whose share moved.
struct MovedShare {
  std::string name;
  double champion = 0;
  double candidate = 0;
};

/// One behaviour score.
struct FeatureDrift {
  std::string name;  ///< "tools", "path", "steps", ..., as in Thresholds; "vector"
  bool counted = true;
  std::int64_t runs = 0;               ///< that have it
  double champion = 0, candidate = 0;  ///< mean per run; shares of calls, seconds, ...
  std::optional<double> ratio;         ///< geometric, candidate over champion
  std::optional<double> ratio_of_means, ratio_low, ratio_high;  ///< Fieller 95 %, paired tasks
  stats::DriftPermutation test;
  double p_holm = 1;
  double null_q95 = 0;                ///< 95 % quantile of the excess over the labellings
  double threshold = 0;               ///< max of the practical threshold and the floor
  bool changed = false;               ///< significant and large enough
  std::vector<MovedShare> moved;      ///< distributions: the five largest moves
  std::vector<std::string> examples;  ///< changed: ids of the candidate's traces that show it most
};

/// A call outside of the champion's history and of the allow-list.
struct NewScope {
  Scope scope;
  std::int64_t calls = 0;
  bool privileged = false;
  std::string example;  ///< id of a trace
};

/// How the candidate behaves against the champion. Value type.
struct DriftReport {
  bool paired = true;
  bool exact = false;  ///< every labelling was gone through
  std::int64_t tasks = 0, units = 0, champion_runs = 0, candidate_runs = 0, left_out = 0;
  std::int64_t labellings = 0;
  std::vector<FeatureDrift> features;  ///< those that the traces allow, in a fixed order
  std::vector<NewScope> new_scopes;    ///< sorted; at most 50
  std::int64_t privileged_calls = 0;   ///< of new scopes
  double index = 0;                    ///< largest excess / threshold among the counted scores
  std::string index_feature;           ///< whose that is
  bool changed = false;                ///< a counted score changed

  const FeatureDrift* Find(const std::string& feature) const;
};

/// Compares the runs of two arms by permutation of their labels: within tasks when at least half
/// of the smaller arm's tasks are common, else between the archives. Deterministic for a seed and
/// independent of the runs' order. 1,000 tasks take about 0.3 s. Throws Error(kBadData) when an arm
/// is empty.
DriftReport MeasureDrift(std::vector<Behaviour> champion, std::vector<Behaviour> candidate,
                         const DriftOptions& options);

/// The floors that two batches of one strategy show: the 95 % quantile of the excess without any
/// change, or the excess between the batches where that is larger.
Floors FloorsFrom(const DriftReport& same_strategy);

/// `kedge-drift-floors/1`.
Json FloorsToJson(const Floors& floors);
Floors LoadFloors(const std::string& path);

/// Public JSON form; wall time (latency) is left out on request.
Json ToJson(const DriftReport& report, bool with_latency = true);

}  // namespace kedge::drift
