#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/agent/recorded/recorded_outcomes.h"
#include "harness/gate/data_quality.h"
#include "harness/gate/verdict.h"
#include "harness/stats/fixed_gate.h"

namespace kedge::gate {

/// A task that both subjects ran, its trials averaged.
struct PairedTask {
  std::string suite;
  std::string stratum;
  std::string family;
  std::string task_id;
  std::string version;
  std::int64_t cluster = 0;  ///< dense index over all tasks
  double champion = 0;       ///< mean score in [0, 1]
  double candidate = 0;
  std::vector<double> champion_scores;  ///< by trial, for the variance within tasks
};

/// A guard in the pairs of tasks in which both subjects' runs were watched.
struct PairedGuard {
  stats::PairedScores scores;  ///< 1 - share of runs with a violation
  PairTable table;             ///< pairs of runs by violation: `both` broke it, ...
  std::int64_t exposure = 0;   ///< candidate runs watched
  std::int64_t champion_violations = 0;
  std::int64_t candidate_violations = 0;
  std::int64_t unwatched_tasks = 0;  ///< the champion was watched, the candidate was not
};

/// Amounts per common task, averaged over trials.
struct PairedAmounts {
  std::vector<double> champion, candidate;
};

/// Runs of the champion that have no partner: tasks the candidate lacks and trials it lacks.
struct UnpairedRuns {
  std::int64_t champion_runs = 0;            ///< all runs in strata that both have
  std::int64_t champion_without_pair = 0;    ///< of these
  std::int64_t version_mismatches = 0;       ///< tasks that differ in version only
  std::vector<std::string> champion_tasks;   ///< the first 20, sorted
  std::vector<std::string> candidate_tasks;  ///< the first 20, sorted
  std::vector<std::string> champion_strata;  ///< strata that the candidate lacks
  std::vector<std::string> candidate_strata;
  double share() const;
};

/// Two subjects' outcomes brought together.
struct Pairing {
  std::vector<PairedTask> tasks;    ///< in an order that does not depend on the files' rows
  std::vector<std::string> strata;  ///< of the tasks, sorted
  bool clustered = false;           ///< some cluster holds more than one task
  std::int64_t clusters = 0;
  bool binary = false;
  /// The table counts pairs of trials; else tasks, by who scored higher.
  bool table_of_trials = false;
  PairTable table;
  std::vector<Flip> flips;
  stats::DroppedPairs drops;
  std::int64_t tasks_lost = 0;  ///< common tasks of which a side has no outcome at all
  UnpairedRuns unpaired;
  std::map<std::string, PairedGuard> guards;
  std::map<std::string, PairedAmounts> amounts;  ///< "cost", "tokens", "steps", ...
};

/// Throws Error(kBadData) when the two share no task, or when one of them names no strata and the
/// other has one task in several.
Pairing PairRecorded(const agent::RecordedOutcomes& champion,
                     const agent::RecordedOutcomes& candidate);

/// The scores of all tasks, or of those of one stratum.
stats::PairedScores ScoresOf(const Pairing& pairing);
stats::PairedScores ScoresOfStratum(const Pairing& pairing, const std::string& stratum);

}  // namespace kedge::gate
