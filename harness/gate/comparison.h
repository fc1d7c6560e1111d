#pragma once

#include <cstdint>
#include <string>

#include "harness/agent/recorded/recorded_outcomes.h"
#include "harness/gate/policy.h"
#include "harness/gate/verdict.h"

namespace kedge::gate {

/// What a comparison of recorded outcomes may be told.
struct ComparisonOptions {
  /// Error rates, margins, hard and rate guards, resource limits, largest dropped share. Margins of
  /// all strata are `stratum_margin`; every guard seen is judged by `guard_margin`.
  GatePolicy policy;
  /// Judge the common tasks although the champion has more. Off, champion's runs without a partner
  /// beyond the largest dropped share, or a stratum that the candidate lacks, forbid PROMOTE and
  /// HOLD_NO_DIFFERENCE: else deleting failed cases would help.
  bool allow_unpaired = false;
  /// Resamples of a cluster bootstrap of the overall effect, for information; 0 for none.
  std::int64_t bootstrap = 0;
  std::uint64_t seed = 1;  ///< of the sign flips and the bootstrap
};

/// Judges a candidate by outcomes that exist already (a fixed number of pairs).
///
/// Pairs by suite, stratum, task and task version; a field that one file lacks is not compared.
/// Trials are averaged within tasks, tasks are nested in clusters. A pair of trials of which a side
/// is missing is left out on both sides and counted. The decision is stats::DecideFixed over the
/// overall effect, each stratum and each guard; data quality and unpaired tasks can only turn it
/// into HOLD_INCONCLUSIVE. Verdict.details holds the figures for reading (README.md lists them).
///
/// Deterministic: the order of rows in the files does not matter. Throws Error(kBadData) when there
/// is no common task. O(n log n) in the number of runs.
Verdict CompareRecorded(const agent::RecordedOutcomes& champion,
                        const agent::RecordedOutcomes& candidate, const ComparisonOptions& options);

}  // namespace kedge::gate
