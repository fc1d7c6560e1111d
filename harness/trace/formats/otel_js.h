#pragma once

#include "harness/trace/formats/json_slices.h"
#include "harness/trace/formats/span.h"

namespace kedge::trace {

/// Spans as the OpenTelemetry JavaScript SDK's objects print themselves: {name, spanContext:
/// {traceId, spanId}, parentSpanId or parentSpanContext, startTime and endTime as [seconds,
/// nanoseconds], attributes, events, status}; one object per record.
bool IsOtelJs(const JsonSlices& record);

/// One span. Throws Error(kBadData).
Span SpanFromOtelJs(Json&& object);

}  // namespace kedge::trace
