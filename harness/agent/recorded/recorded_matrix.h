#pragma once

#include <string>
#include <vector>

#include "harness/agent/recorded/recorded_outcomes.h"
#include "harness/trace/formats/json_slices.h"

namespace kedge::agent {

/// Whether a record is a row of a result matrix: `subject_id` and `responses`.
bool IsMatrixRow(const trace::JsonSlices& record);

/// Reads one subject's row of a result matrix: one object per line,
///   {"subject_id": "s", "responses": {"task": 0 | 1, ...}} or
///   {"subject_id": "s", "responses": {"task": {"successes": 4, "trials": 5}, ...}};
/// other members are ignored. `picks` must start with the subject (and loses it) unless the file
/// holds one only. A task with 0 trials is missing. Other rows are not parsed.
RecordedOutcomes ReadMatrix(const std::string& path, std::vector<std::string>& picks);

}  // namespace kedge::agent
