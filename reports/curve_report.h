#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/core/json.h"

namespace kedge::reports {

/// Mean over the worlds with a t interval (95 %), each world being one observation.
struct CurveMean {
  double mean = 0, low = 0, high = 0;
};
Json ToJson(const CurveMean& mean);

/// What was measured after so many episodes; rates of success on the held-out tasks.
struct CurveCheckpoint {
  std::int64_t episodes = 0;
  CurveMean success;
  CurveMean step;               ///< paired difference to the point before; all 0 at the first
  CurveMean gain;               ///< paired difference to the first point
  double rules = 0;             ///< that the learner handed in, mean
  std::int64_t candidates = 0;  ///< worlds in which it handed in any
  std::int64_t promoted = 0;    ///< of these, by the gate; 0 when it was not asked
};

struct LearningCurve {
  std::string suite;
  std::int64_t worlds = 0, tasks = 0;
  bool permuted = false;  ///< each world has quirk parameters of its own
  bool gated = false;     ///< the gate was asked of every candidate
  std::vector<CurveCheckpoint> points;
  CurveMean impossible;  ///< success on tasks that nobody can solve, at the last point
  double oracle = 0;     ///< success of the scripted oracle on the solvable held-out tasks
  /// Worlds in which each rule was learned at the last point, by rule id.
  std::map<std::string, std::int64_t> rules;
};
Json ToJson(const LearningCurve& curve);
/// For a terminal.
std::string ToText(const LearningCurve& curve);
/// One HTML file with no outside request: the gain first, then the curve with intervals, then every
/// checkpoint and every rule. Atomic.
void WriteCurveHtml(const std::string& path, const LearningCurve& curve, const std::string& footer);

}  // namespace kedge::reports
