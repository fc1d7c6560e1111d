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
/// Pairs by suite, stratum, task and task version; a field that one file lacks altogether is not
/// compared, and an unknown version pairs with the only one the other side has. Trials are averaged
/// within tasks, tasks are nested in clusters. A pair of trials of which a side is missing is left
/// out on both sides and counted; unpaired trials stay in the means and are counted too.
///
/// The decision is stats::DecideFixed over the overall effect, each stratum and each guard, with
/// the policy's resource limits on top. Missing pairs (too many, or unequally many) turn every
/// verdict into HOLD_INCONCLUSIVE; champion's runs without a partner and strata that the candidate
/// lacks turn every verdict but BLOCK into it, because harm that was shown stays shown. A component
/// that looks worse by itself but not after correction is named whatever the verdict
/// (`possible_regression:<stratum>`, `possible_guard_rise:<guard>`).
///
/// `pairs` counts pairs of trials for binary outcomes whose trials are numbered, else tasks by who
/// scored higher. `details` holds figures for reading, at the 95 % level: `arms` (passes, pass@k,
/// pass^k of each side over all its runs), `summary` (psi, rho, icc, design_effect, mde, cr1_t),
/// `table` (McNemar; Newcombe, Wald and Agresti-Min intervals), `guards` (the same by violation),
/// `components` (method, adjusted p), `permutation`, `bootstrap`, `unpaired`, `missing`, `formats`,
/// `table_unit`, `notes`. `mcnemar.mid_p` is stats::McnemarResult::midp_two_point.
///
/// Deterministic: the order of rows in the files does not matter. Throws Error(kBadData) when there
/// is no common task. O(n log n) in the number of runs.
Verdict CompareRecorded(const agent::RecordedOutcomes& champion,
                        const agent::RecordedOutcomes& candidate, const ComparisonOptions& options);

}  // namespace kedge::gate
