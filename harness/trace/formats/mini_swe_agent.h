#pragma once

#include <string>

#include "harness/trace/formats/json_slices.h"
#include "harness/trace/formats/records.h"

namespace kedge::trace {

/// Trajectories of mini-swe-agent 1.x ("mini-swe-agent-1"), one object per file or line.
///
/// The agent speaks in plain text: its action is the command in the one ```bash block of a message,
/// read as a call of the tool "bash" with {command}. A message with no block or several has no
/// action (the program refuses it). The message after an action is its result; a return code other
/// than 0 and a timeout are errors. Tokens and time are those of `extra.response`, which stays in
/// the step. Whether the task was solved is not in the file: there is no outcome; `extra.info` has
/// exit status, cost and the submitted patch.
bool IsMiniSweAgent(const JsonSlices& record);

ReadReport ReadMiniSweAgent(const std::string& path, const ReadOptions& options,
                            const TraceSink& sink);

}  // namespace kedge::trace
