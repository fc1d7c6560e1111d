#pragma once

#include <string>

#include "harness/trace/formats/json_slices.h"
#include "harness/trace/formats/records.h"

namespace kedge::trace {

/// The Agent Trajectory Interchange Format of Harbor, versions 1.0 to 1.8: {schema_version:
/// "ATIF-v1.7", session_id, agent, steps}; one document per file or line.
///
/// A system or user step becomes a kMessage; an agent step a kModelCall, a kToolCall per call, a
/// kObservation per result. Names and values that the model has no place for (`model_name`,
/// `reasoning_content`, the other `metrics`, `notes`, `subagent_trajectories`, ...) are kept in
/// `extra.atif` of the step or trace, from where atif_writer.h puts them back. The format has no
/// error flag: `extra.is_error` and `extra.error_type` of a result are read. `extra.outcome` is the
/// outcome. Documents that kedge wrote are read back exactly.
bool IsAtif(const JsonSlices& record);

Trace FromAtif(Json&& document);

ReadReport ReadAtif(const std::string& path, const ReadOptions& options, const TraceSink& sink);

/// Member of `extra` that kedge's own documents carry: what the format has no name for.
inline constexpr const char* kAtifOwn = "kedge";
/// Member of a trace's or step's `extra`: what of ATIF the model has no name for.
inline constexpr const char* kAtifRest = "atif";

}  // namespace kedge::trace
