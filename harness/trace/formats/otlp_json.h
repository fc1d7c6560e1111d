#pragma once

#include <cstdint>
#include <string>

#include "harness/trace/formats/json_slices.h"
#include "harness/trace/formats/span.h"

namespace kedge::trace {

/// OTLP's JSON encoding (OpenTelemetry protocol 1.x, ExportTraceServiceRequest or TracesData), and
/// what Grafana Tempo exports: `batches` for `resourceSpans`, and the old names
/// `instrumentationLibrarySpans` and `instrumentationLibrary`. Ids are hex (base64, which
/// protobuf's own JSON mapping writes, is read too), 64-bit integers text or numbers, enums numbers
/// or names.
bool IsOtlpJson(const JsonSlices& record);

/// Reads every span; one that is malformed is reported with its path in the document and left out,
/// an unknown enum value is reported and the span kept. Throws Error(kBadData) when `document` has
/// another shape altogether.
SpanBatch SpansFromOtlpJson(Json&& document);

}  // namespace kedge::trace
