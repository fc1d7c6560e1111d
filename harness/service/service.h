#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "harness/core/clock.h"
#include "harness/core/document.h"
#include "harness/metrics/metrics.h"
#include "harness/net/http_server.h"
#include "harness/service/trace_review.h"
#include "harness/trace/formats/span_assembler.h"

namespace kedge::service {

struct ServiceOptions {
  std::string listen = "127.0.0.1:4318";  ///< HOST:PORT; 4318 is OTLP/HTTP's own port
  std::string traces_folder;              ///< where arriving traces go; empty: none are taken
  std::size_t rotate_bytes = std::size_t{256} << 20;
  trace::SpanAssemblerOptions assembler;
  TraceReviewOptions review;    ///< by default secrets and personal data are taken out
  std::string reports_folder;   ///< served at /reports/; empty: not served
  net::HttpServerOptions http;  ///< limits; host and port come from `listen`
};

/// Reads `kedge serve --config` (README.md). Throws Error with file, line and field.
ServiceOptions ReadServiceOptions(const Document& document);

/// What runs for long: takes traces by OTLP/HTTP, serves reports, metrics and health. Begins when
/// made, ends at Stop or at the end of its life. Thread-safe.
class Service {
 public:
  /// Throws Error: kUnavailable when the address cannot be had, kTemporary when another process
  /// writes to the traces folder. `clock` is not owned.
  Service(const ServiceOptions& options, const metrics::BuildInfo& build, const Clock& clock);
  ~Service();

  std::string url() const;
  /// Takes nothing more, gives requests under way `grace`, writes all traces that are left. Throws
  /// Error(kIo) when they cannot be written. Returns how many traces were written in all.
  std::int64_t Stop(std::chrono::milliseconds grace);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::service
