#pragma once

#include <string>

#include "harness/core/json.h"
#include "harness/loop/production_watch.h"

namespace kedge::loop {

/// One `kedge drift --baseline FILE --stream FILE`: would the alarm have gone off?
struct WatchSessionOptions : WatchSource {
  std::string stream;  ///< the traces to watch, in order of time; FILE or FILE#PICK
};

struct WatchSessionResult {
  bool alarm = false;
  Json json;         ///< `kedge-watch-report/1`
  std::string text;  ///< for a terminal
};

/// With a state file that exists the baseline is not needed: the design is in the state; the new
/// state replaces it. Reads both archives wholly or fails.
WatchSessionResult RunWatchSession(const WatchSessionOptions& options);

}  // namespace kedge::loop
