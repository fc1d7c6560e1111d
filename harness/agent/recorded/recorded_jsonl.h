#pragma once

#include <string>
#include <vector>

#include "harness/agent/recorded/recorded_outcomes.h"
#include "harness/trace/formats/json_slices.h"

namespace kedge::agent {

/// Whether a record looks like a plain outcome: `task_id` with `success` or `score`.
bool IsPlainOutcome(const trace::JsonSlices& record);

/// Outcomes from JSON Lines (or one array) of objects with the columns of recorded_table.h as
/// members; `guards` is an object of guard id to 0/1. Every record must be of the same kind: all
/// with `success` or all with `score`, all with `trial` or none.
std::vector<RecordedRun> ReadJsonlOutcomes(const std::string& path,
                                           const trace::ReadOptions& options);

}  // namespace kedge::agent
