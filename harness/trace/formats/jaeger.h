#pragma once

#include "harness/trace/formats/json_slices.h"
#include "harness/trace/formats/span.h"

namespace kedge::trace {

/// Jaeger's JSON, as its query API and user interface export it: {data: [{traceID, spans,
/// processes}]}. Times are microseconds; the parent is the first CHILD_OF reference into the same
/// trace; typed tags become attributes (numbers and booleans also where they are written as text),
/// logs events, the process's tags and `service.name` the resource. Short (64-bit) trace ids are
/// padded with zeros on the left.
bool IsJaeger(const JsonSlices& record);

/// As SpansFromOtlpJson.
SpanBatch SpansFromJaeger(Json&& document);

}  // namespace kedge::trace
