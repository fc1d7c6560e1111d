#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent_ref/learner.h"
#include "harness/core/clock.h"
#include "reports/curve_report.h"

namespace kedge::loop {

/// How much a learner gains from how many episodes.
struct LearningCurveOptions {
  std::string suite_folder;     ///< makes its tasks from families
  std::string champion_folder;  ///< empty: strategies/champion of the suite
  /// Operations that the champion acts under while it learns; empty: operations/learning.yaml of
  /// the suite.
  std::string learning_file;
  /// Training episodes in total, ascending, the first one 0; at most 100000.
  std::vector<std::int64_t> checkpoints = {0, 10, 30, 100};
  std::int64_t world_seeds = 20;  ///< worlds, each with tasks of its own; 2 to 1000
  std::int64_t tasks = 400;       ///< held-out tasks of the gate families in each; 1 to 100000
  std::int64_t batch = 10;        ///< episodes between two looks at what to try next; 1 to 10000
  bool permuted = false;          ///< world seed N has the quirk parameters of variant N
  /// The learner sees no tool result and no error: what a recorder that drops them leaves of it.
  bool strip_observations = false;
  agent_ref::LearnOptions learner;
  std::uint64_t seed = 1;  ///< of the first world; the others follow from it
  unsigned threads = 2;
  /// Where the real gate judges each candidate, on tasks of its own; empty: it is not asked.
  std::string gate_folder;
  std::string policy_file;  ///< of that gate; empty: kedge.yaml of the suite
};

/// In each world the champion does dev tasks under the learning operations, families in turn;
/// after each batch the learner says what to try next, and at each checkpoint it hands in a
/// candidate. Each candidate and the champion do the same held-out tasks with the same seeds. What
/// the learner hands in is measured as it is; what the gate says of it, if it is asked, changes
/// nothing. Deterministic whatever the
/// threads do. O(worlds * (checkpoints * tasks + episodes)) episodes. Throws Error.
reports::LearningCurve MeasureLearningCurve(const LearningCurveOptions& options,
                                            const Clock& clock);

}  // namespace kedge::loop
