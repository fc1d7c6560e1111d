#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/trace/jsonl.h"

namespace kedge::trace {

/// What happened at one moment of a span.
struct SpanEvent {
  std::string name;
  std::int64_t unix_nanos = 0;
  Json attributes = Json::object();

  bool operator==(const SpanEvent&) const = default;
};

enum class SpanStatus { kUnset = 0, kOk = 1, kError = 2 };

/// One OpenTelemetry span, whatever it was carried in. Attribute values are plain JSON: wrappers
/// are taken off, bytes are base64 text, 64-bit integers are integers.
struct Span {
  std::string trace_id;   ///< lower-case hex
  std::string id;         ///< lower-case hex
  std::string parent_id;  ///< empty for a root
  std::string name;
  std::int64_t start = 0;  ///< nanoseconds since 1970; 0 when unknown
  std::int64_t end = 0;
  Json attributes = Json::object();
  std::vector<SpanEvent> events;
  Json links;  ///< array of {trace_id, span_id, attributes}; null when there are none
  SpanStatus status = SpanStatus::kUnset;
  std::string status_message;
  std::string scope;                     ///< name of the instrumentation library
  std::shared_ptr<const Json> resource;  ///< attributes, shared by spans; never null once read

  bool is_error() const { return status == SpanStatus::kError; }
};

/// What one message or file of spans held. Of `report`, `read` counts spans.
struct SpanBatch {
  std::vector<Span> spans;
  ReadReport report;
};

}  // namespace kedge::trace
