#pragma once

#include <optional>
#include <string_view>

#include "harness/core/json.h"
#include "harness/trace/trace.h"

namespace kedge::trace {

/// The value of the first member of every record, `"format"`.
inline constexpr const char* kTraceFormat = "kedge-trace/1";

/// A trace as one JSON object in the kedge-trace/1 format (README.md). Members that hold their
/// default are left out. Throws Error(kBadData) when a number is not finite, which no reader takes.
Json ToJson(const Trace& trace);

/// The inverse: `TraceFromJson(ToJson(t)) == t` for every valid t. Strict: an unknown member, a
/// missing `format` or a value out of range throws Error(kBadData) that names the field.
Trace TraceFromJson(const Json& json);

/// "message", "model_call", "decision", "tool_call", "observation" or "guard".
std::string_view StepKindName(StepKind kind);
std::optional<StepKind> StepKindFromName(std::string_view name);

/// One step, as in `steps[i]`.
Json ToJson(const Step& step);

}  // namespace kedge::trace
