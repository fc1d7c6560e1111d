#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "guards/monitor.h"
#include "harness/loop/production_watch.h"
#include "harness/loop/redaction.h"
#include "harness/metrics/ingest_metrics.h"
#include "harness/service/trace_log.h"
#include "harness/trace/trace.h"

namespace kedge::service {

struct TraceReviewOptions {
  loop::RedactionOptions redaction{loop::DefaultRedactionPacks(), ""};
  std::string guard_policy_file;  ///< empty: no guards
  std::optional<loop::WatchSource> watch;
};

/// What happens to a finished trace on its way to the disk: guards judge it as it came, then
/// secrets and personal data are taken out; once it is written the production alarm gets its
/// grades. Not thread-safe.
///
/// Findings become guard steps behind the step they are about. Broken rules are counted in the
/// outcome, where there is one, and with the policy's digest in `extra.guards`.
class TraceReview {
 public:
  /// `metrics` must outlive this. Reads policy, key and baseline; throws Error as their readers do.
  TraceReview(const TraceReviewOptions& options, metrics::IngestMetrics& metrics);
  ~TraceReview();

  /// The trace as it may be written.
  trace::Trace Review(trace::Trace&& trace);

  /// A line about a trace as it may be logged.
  std::string Loggable(const std::string& line, const std::string& trace_id) const;

  /// Once, before anything is reviewed: what stands in the log behind the place that the alarm's
  /// state names was written by a process that ended before it could save the state, and is taken
  /// in now. A state without a place begins at the log's end.
  void CatchUp(const TraceLog& log);

  /// These traces have been written, up to `end` of the log: the alarm takes them in, and its state
  /// is saved. A state that cannot be saved is logged, and saved with the next traces.
  void Written(const std::vector<trace::Trace>& traces, const loop::ArchivePlace& end);

 private:
  void Judge(trace::Trace& trace);
  void Observe(const trace::Trace& trace);
  void Report();
  void Save();

  metrics::IngestMetrics& metrics_;
  std::shared_ptr<const guards::Policy> policy_;
  std::unique_ptr<guards::Monitor> monitor_;
  std::shared_ptr<const guards::Redactor> redactor_;
  std::optional<loop::ProductionWatch> watch_;
  std::string state_file_;
};

}  // namespace kedge::service
