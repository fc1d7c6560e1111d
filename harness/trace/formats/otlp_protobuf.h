#pragma once

#include <string_view>

#include "harness/trace/formats/span.h"

namespace kedge::trace {

/// OTLP's binary encoding (opentelemetry.proto.trace.v1.TracesData, the same bytes as
/// ExportTraceServiceRequest), with a decoder of its own. True if `bytes` is nothing but resource
/// spans from its first to its last byte.
bool IsOtlpProtobuf(std::string_view bytes);

/// Reads every span. A damaged or invalid one (bad id, invalid UTF-8, wire damage) is reported with
/// its number and left out; unknown fields are skipped, as protobuf asks; an unknown status code is
/// reported and the span kept. Never throws on content.
SpanBatch SpansFromOtlpProtobuf(std::string_view bytes);

}  // namespace kedge::trace
