#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "harness/loop/evolve_episodes.h"
#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"

namespace kedge::loop {

/// Production after a promotion: a window to learn what is in control, then the same for a while,
/// then something changes.
struct LaterChange {
  const strategy::Strategy& promoted;
  const strategy::Strategy& acting;  ///< after the change
  std::string suite_folder;
  bool new_world = false;  ///< after the change the world is another variant of itself
  std::uint64_t seed = 0;
  std::string folder;  ///< for archives and the state of the watch
};

/// What the production alarm made of it.
struct LaterAlarm {
  bool false_alarm = false;  ///< before anything had changed
  bool alarm = false;        ///< after it
  std::int64_t delay = 0;    ///< graded traces from the change to the alarm; all there were without
  std::string metric;        ///< that the alarm names
  double in_control = 0;     ///< the design's mean of success, over the strata
  double before = 0;         ///< success in the window
  double after = 0;          ///< success after the change
};

/// False alarms at most one in so many traces, as in the published tables of delays.
inline constexpr double kAlarmRunLength = 5000;

/// Runs the episodes of all three phases, mixes the order of tasks, and feeds the graded traces to
/// the alarm (`RunWatchSession`), which watches success. `episodes` are without guards: nothing is
/// set apart in production. Throws Error.
LaterAlarm WatchLaterChange(const LaterChange& change, const EvolutionEpisodes& episodes);

/// Mean delay of the CUSUM that knows both means and has the average run length `run_length`: the
/// best that any alarm can do (Moustakides 1986), by simulation from a change at the start. 0 < p1
/// < p0 < 1.
double BestDelay(double p0, double p1, double run_length);

}  // namespace kedge::loop
