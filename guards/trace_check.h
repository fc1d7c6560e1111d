#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "guards/monitor.h"
#include "harness/trace/trace.h"

namespace kedge::guards {

/// A finding in a recorded episode, and where it is.
struct RecordedFinding {
  std::string file;       ///< archive, as it was named
  std::string trace;      ///< id
  std::size_t event = 0;  ///< 1-based among the trace's events; 0: owed at its end
  std::string what;       ///< the event for people: "tool_call cancel_order"
  Finding finding;
};

/// "tool_call cancel_order", "user_message".
std::string Describe(const Event& event);

/// Judges a recorded episode as it would have been judged while it ran (the trace's id names the
/// session) and appends the findings. Returns the number of events.
std::size_t CheckTrace(const trace::Trace& trace, const std::string& file, Monitor& monitor,
                       std::vector<RecordedFinding>& out);

/// {"file", "trace", "event", "what", "rule", "severity", "verdict", "message", ...}; members that
/// hold nothing are left out.
Json ToJson(const RecordedFinding& finding);

/// True if `severity` ("info" ... "critical") is at least as bad as `least`.
bool IsAtLeast(const std::string& severity, const std::string& least);

}  // namespace kedge::guards
