#pragma once

#include <string>

#include "harness/trace/formats/json_slices.h"
#include "harness/trace/formats/records.h"

namespace kedge::trace {

/// Trajectories of tau-bench, version 1 (Yao et al. 2024, arXiv 2406.12045): an array of
/// {task_id, trial, reward, traj, info}.
///
/// Success: reward = 1; in a file with any reward other than 0 and 1 (forks that subtract a penalty
/// for turns, so that 1 is never reached) reward > 0. The score is the success; the reward itself
/// is in `extra`. Cost of the agent, tokens and time are not recorded; `extra.info.user_cost` is
/// the user simulator's. The task's version is a digest of its expected actions and outputs. The
/// file names neither the agent nor the domain.
bool IsTauBench(const JsonSlices& record);

Trace FromTauBench(Json&& record, bool reward_is_continuous);

ReadReport ReadTauBench(const std::string& path, const ReadOptions& options, const TraceSink& sink);

}  // namespace kedge::trace
