#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent_ref/learner.h"
#include "harness/core/clock.h"
#include "harness/core/json.h"

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
};

/// Mean over the worlds with a t interval (95 %), each world being one observation.
struct CurveMean {
  double mean = 0, low = 0, high = 0;
};
Json ToJson(const CurveMean& mean);

/// What was measured after so many episodes; rates of success on the held-out tasks.
struct CurvePoint {
  std::int64_t episodes = 0;
  CurveMean success;
  CurveMean step;               ///< paired difference to the point before; all 0 at the first
  CurveMean gain;               ///< paired difference to the first point
  double rules = 0;             ///< that the learner handed in, mean
  std::int64_t candidates = 0;  ///< worlds in which it handed in any
};

struct LearningCurve {
  std::string suite;
  std::int64_t worlds = 0, tasks = 0;
  std::vector<CurvePoint> points;
  CurveMean impossible;  ///< success on tasks that nobody can solve, at the last point
  double oracle = 0;     ///< success of the scripted oracle on the solvable held-out tasks
  /// Worlds in which each rule was learned at the last point, by rule id.
  std::map<std::string, std::int64_t> rules;
};
Json ToJson(const LearningCurve& curve);
/// For a terminal.
std::string ToText(const LearningCurve& curve);

/// In each world the champion does dev tasks under the learning operations, families in turn;
/// after each batch the learner says what to try next, and at each checkpoint it hands in a
/// candidate. Each candidate and the champion do the same held-out tasks with the same seeds. What
/// the learner hands in is measured as it is, with no gate in between. Deterministic whatever the
/// threads do. O(worlds * (checkpoints * tasks + episodes)) episodes. Throws Error.
LearningCurve MeasureLearningCurve(const LearningCurveOptions& options, const Clock& clock);

}  // namespace kedge::loop
