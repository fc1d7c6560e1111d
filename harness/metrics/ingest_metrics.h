#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace kedge::metrics {

/// What Prometheus sees of traces that arrive (README.md lists names, types and labels).
/// Thread-safe.
class IngestMetrics {
 public:
  IngestMetrics();
  ~IngestMetrics();

  /// A request to take spans was answered with `status`.
  void CountRequest(int status);
  void CountSpans(std::int64_t accepted, std::int64_t rejected);
  void CountTraces(std::int64_t written, std::int64_t refused);
  void SetWaiting(std::int64_t spans);

  /// The text exposition format 0.0.4.
  std::string Text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::metrics
