#pragma once

#include <cstdint>

#include "harness/agent/recorded/recorded_outcomes.h"
#include "harness/core/json.h"
#include "harness/gate/comparison_pairing.h"
#include "harness/gate/verdict.h"
#include "harness/stats/fixed_gate.h"

namespace kedge::gate {

/// Figures of a comparison that describe and do not decide; all deterministic.

/// One subject by itself, over all its runs: {tasks, runs, missing, passed, rate, mean_score,
/// pass: [{k, tasks, at, hat}], flaky_tasks}. pass@k is the chance that at least one of k trials
/// passes, pass^k that all do, both averaged over the tasks with k trials or more (k <= 10).
Json ArmFigures(const agent::RecordedOutcomes& outcomes);

/// What is said of a 2x2 table: {n, both, only_champion, only_candidate, neither, mcnemar{exact_p,
/// mid_p}} and, when it counts `binary` outcomes and so is about rates, {estimate,
/// intervals{newcombe10, wald, agresti_min}} at the 95 % level.
Json TableFigures(const PairTable& table, bool binary);

/// Sign-flip test of the tasks' mean differences, clusters ignored: {p_up, p_down, p_two_sided,
/// method, resamples}. Binary differences are enumerated exactly.
Json PermutationFigures(const stats::PairedScores& scores, const stats::FixedGateDesign& design);

/// Bootstrap of the mean difference by whole clusters: {resamples, sd, low, high, level}.
Json BootstrapFigures(const stats::PairedScores& scores, std::int64_t resamples,
                      std::uint64_t seed);

/// psi, rho, icc, design_effect, mde and the 95 % CR1 interval of the overall effect; null where a
/// figure does not exist.
Json SummaryFigures(const Pairing& pairing, const stats::FixedGateDesign& design);

/// Mean use per task and its ratio.
std::vector<ResourceUse> ResourceFigures(const Pairing& pairing);

/// One row per family, sorted; none when the files name no families.
std::vector<FamilyEffect> FamilyFigures(const Pairing& pairing);

}  // namespace kedge::gate
