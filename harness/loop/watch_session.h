#pragma once

#include <cstdint>
#include <string>

#include "harness/core/json.h"

namespace kedge::loop {

/// One `kedge drift --baseline FILE --stream FILE`: would the alarm have gone off?
struct WatchSessionOptions {
  std::string baseline;    ///< graded traces of the window after the promotion, FILE or FILE#PICK
  std::string stream;      ///< the traces to watch, in order of time
  std::string state_file;  ///< goes on from it when it exists, and leaves the new state in it
  double threshold = 10000;
  double tolerance = 0.02;
  double cost_cap = 0;       ///< 0: twice the baseline's 99 % quantile
  double latency_cap = 0;    ///< seconds; likewise
  double min_inclusion = 0;  ///< 0: the smallest in either file
};

struct WatchSessionResult {
  bool alarm = false;
  Json json;         ///< `kedge-watch-report/1`
  std::string text;  ///< for a terminal
};

/// With a state file that exists the baseline is not needed: the design is in the state. Reads both
/// archives wholly or fails.
WatchSessionResult RunWatchSession(const WatchSessionOptions& options);

}  // namespace kedge::loop
