#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/stats/change_detection.h"
#include "harness/trace/trace.h"

namespace kedge::drift {

/// What is watched of a graded trace: values in [0, 1], high is good.
struct GradedTrace {
  std::string id;
  std::string stratum;                   ///< segment of the traffic; may be empty
  std::map<std::string, double> values;  ///< "success", "no_violation", "cost", "latency", ...
  double inclusion_probability = 1;  ///< with which the trace was sampled for grading, in (0, 1]
};

/// Amounts at or above the cap count as the cap; 0 leaves the metric out.
struct GradeCaps {
  double cost = 0;
  double latency_seconds = 0;
};

/// `success`; `no_violation` where guards watched; `cost` and `latency` as 1 - amount / cap.
/// nullopt for a trace without an outcome or with a missing one.
std::optional<GradedTrace> Grade(const trace::Trace& trace, const GradeCaps& caps);

struct WatchMetric {
  std::string name;
  double weight = 1;                 ///< > 0, relative to the other metrics
  std::map<std::string, double> m0;  ///< in-control mean by stratum, each in (0, 1)
};

/// The alarm on several metrics and strata at once: a weighted average of Shiryaev-Roberts
/// e-detectors (Shin, Ramdas and Rinaldo 2024), per metric one over all strata, each trace against
/// its own stratum's mean, and one per stratum. While every metric's mean stays at or above its m0,
/// given the past, the expected number of traces before a false alarm is at least `threshold`.
struct WatchDesign {
  std::vector<WatchMetric> metrics;
  std::vector<double> shifts = {0.05, 0.10, 0.20};  ///< drops the detectors are tuned to
  double threshold = 10000;                         ///< A
  /// Smallest inclusion probability that the sampling uses: fixed in advance, for a trace's weight
  /// is `min_inclusion` over its own. Too small a figure makes the alarm slow.
  double min_inclusion = 1;

  /// Throws Error(kBadData).
  void Validate() const;
};

Json ToJson(const WatchDesign& design);

/// How `BaselineDesign` turns a window of traces into in-control means.
struct BaselineOptions {
  double tolerance = 0.02;  ///< below the lower 95 % limit of each mean
  double threshold = 10000;
  double min_inclusion = 1;
  std::int64_t least_traces = 30;  ///< strata with fewer are watched together as "other"
};

/// In-control means from graded traces after a promotion: the one-sided lower 95 % limit (Wilson at
/// the effective sample size for values of 0 and 1, else normal) of the Horvitz-Thompson weighted
/// mean, less the tolerance. Means below 0.05 are not watched: nothing is left to lose. Throws
/// Error(kBadData) when there is nothing to watch.
WatchDesign BaselineDesign(std::span<const GradedTrace> window, const BaselineOptions& options);

/// State of the alarm after a trace.
struct WatchStatus {
  std::int64_t traces = 0;
  double log_statistic = 0;  ///< natural logarithm; warn at ln(A / 10), alarm at ln A
  bool warn = false;
  bool alarm = false;   ///< stays until Reset
  std::string metric;   ///< with the largest share of the statistic
  std::string stratum;  ///< of that metric; empty when it is the detector over all strata
  double share = 0;     ///< of that metric, in [0, 1]
};

/// Watches a stream of graded traces. Not thread-safe. Save and Restore carry it over a restart
/// without any loss.
class Watch {
 public:
  explicit Watch(WatchDesign design);

  /// Adds a trace; metrics it lacks, or whose stratum has no m0, stay as they are. Throws
  /// Error(kBadData) for values outside [0, 1] or an inclusion probability below the design's.
  const WatchStatus& Observe(const GradedTrace& trace);
  const WatchStatus& status() const { return status_; }
  /// Traces in whose stratum nothing is watched.
  std::int64_t unwatched() const { return unwatched_; }
  const WatchDesign& design() const { return design_; }
  /// Starts again, after somebody has acted on an alarm.
  void Reset();

  /// `kedge-watch/1`: design and state.
  Json Save() const;
  /// Throws Error(kBadData) naming `source` and the field.
  static Watch Restore(const Json& saved, const std::string& source);

 private:
  struct Detector {
    std::size_t metric = 0;
    std::string stratum;  // of a detector for one stratum
    bool pooled = false;
    double log_weight = 0;
    stats::EDetector detector;
  };

  void AddDetectors(std::size_t metric, double weight);
  const std::string* StratumOf(const WatchMetric& metric, const std::string& stratum) const;
  void UpdateStatus();

  WatchDesign design_;
  std::vector<Detector> detectors_;
  WatchStatus status_;
  std::int64_t unwatched_ = 0;
};

/// The stratum that takes in all that have no m0 of their own.
inline constexpr const char* kOtherStrata = "other";

}  // namespace kedge::drift
