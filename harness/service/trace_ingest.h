#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "harness/core/clock.h"
#include "harness/metrics/ingest_metrics.h"
#include "harness/net/http_server.h"
#include "harness/service/trace_log.h"
#include "harness/service/trace_review.h"
#include "harness/trace/formats/span_assembler.h"

namespace kedge::service {

/// OTLP/HTTP for traces (OpenTelemetry protocol specification 1.x): takes spans in JSON or
/// protobuf, makes traces of them and writes those to a log, as the review gives them, once they
/// are finished. Thread-safe.
///
/// Spans of unfinished traces are in memory only: a killed process loses them, an orderly end
/// writes them (Flush).
class TraceIngest {
 public:
  /// None of these is owned; all must outlive this.
  TraceIngest(TraceLog& log, TraceReview& review, metrics::IngestMetrics& metrics,
              const Clock& clock, trace::SpanAssemblerOptions options);

  /// Answers POST /v1/traces: 200, with OTLP's partial success when single spans were refused; 400
  /// for a body that is no such request; 415 for other content types; 503 with Retry-After while
  /// finished traces cannot be written, or come faster than they are reviewed: when more than twice
  /// SpanAssemblerOptions::max_spans are in memory.
  net::HttpResponse Post(const net::ServerRequest& request);

  /// Writes the traces that are finished now; call it about once a second. A failure to write is
  /// logged, remembered and tried again with the next call.
  void WriteFinished();
  /// Writes all that is left. Throws Error(kIo) when it cannot.
  void Flush();

  struct Status {
    std::size_t waiting_spans = 0;
    std::int64_t traces_written = 0;
    std::string trouble;  ///< why finished traces cannot be written; empty when they can
  };
  Status status() const;

 private:
  std::string Trouble() const;
  trace::ReadReport Take(const net::ServerRequest& request, bool is_json);
  template <typename TakeTraces>
  std::vector<trace::AssembledTrace> TakeOut(TakeTraces take);
  void Review(std::vector<trace::AssembledTrace> assembled);
  void WriteUnwritten();

  TraceLog& log_;
  TraceReview& review_;
  metrics::IngestMetrics& metrics_;
  const Clock& clock_;
  const std::size_t max_held_spans_;
  // Held while traces are reviewed and written, so that requests need not wait for that. Guards the
  // log, the review and what follows; taken before the other one.
  std::mutex write_mutex_;
  std::vector<trace::Trace> unwritten_;
  mutable std::mutex mutex_;  // guards what follows
  trace::SpanAssembler assembler_;
  std::size_t spans_in_review_ = 0;
  std::int64_t traces_written_ = 0;
  std::string trouble_;
};

}  // namespace kedge::service
