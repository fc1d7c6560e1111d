#pragma once

#include <string>
#include <vector>

#include "harness/agent/recorded/recorded_outcomes.h"
#include "harness/trace/formats/read_any.h"

namespace kedge::agent {

/// The outcomes in a file of traces (any format of trace/formats/read_any.h). AgentDojo's
/// attackers' goals run as user tasks are left out. Throws when a record is broken, or a trace has
/// no task or no outcome.
std::vector<RecordedRun> ReadTraceOutcomes(const std::string& path,
                                           const trace::ReadOptions& options);

}  // namespace kedge::agent
