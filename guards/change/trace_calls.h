#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/trace/trace.h"

namespace kedge::guards {

/// A call of a trace with its answer; points into the trace.
struct TraceCall {
  std::size_t at = 0;  ///< step of the call
  const trace::ToolCall* call = nullptr;
  std::size_t answered_at = 0;  ///< step of the answer; the number of steps when there is none
  bool ok = false;
  std::string error;  ///< class of the error that was answered
};

/// In order. An answer belongs to the latest call of its id.
std::vector<TraceCall> CallsOf(const trace::Trace& trace);

}  // namespace kedge::guards
