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

  void CountGuardFinding(const std::string& guard, const std::string& verdict);
  /// A trace was judged by guards.
  void CountGuarded(bool clean);
  /// Values that a detector's rule took out of traces.
  void CountRedacted(const std::string& rule, std::int64_t values);

  /// The production alarm (drift::WatchStatus).
  struct WatchState {
    std::int64_t traces = 0, unwatched = 0;
    double log_statistic = 0;  ///< natural logarithm; may be minus infinity
    double threshold = 0;
    bool warn = false, alarm = false;
  };
  void SetWatch(const WatchState& state);

  /// The text exposition format 0.0.4.
  std::string Text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::metrics
