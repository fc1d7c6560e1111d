#pragma once

#include <string>

#include "harness/trace/formats/json_slices.h"
#include "harness/trace/formats/records.h"

namespace kedge::trace {

/// Runs of tau2-bench (Barres et al. 2025): one object {timestamp, info, tasks, simulations}.
///
/// Success: `reward_info.reward` = 1, which is also the score; a simulation that was never rewarded
/// is missing (a failure with `errors_as_recorded`). An end by `max_steps`, `agent_error` or
/// `too_many_errors` is the agent's own. Cost is `agent_cost`; the user simulator's stays in
/// `extra`. In some domains the user owns tools: those calls have actor "user", their results
/// `extra.requestor`. The task's version is a digest of what decides the reward. `extra.info` holds
/// the run's parameters, with texts above 512 bytes replaced by their length and hash.
bool IsTau2Bench(const JsonSlices& record);

ReadReport ReadTau2Bench(const std::string& path, const ReadOptions& options,
                         const TraceSink& sink);

}  // namespace kedge::trace
