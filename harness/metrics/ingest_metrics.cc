#include "harness/metrics/ingest_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <cmath>

namespace kedge::metrics {
namespace {

using CounterFamily = prometheus::Family<prometheus::Counter>;

CounterFamily& Counters(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

prometheus::Gauge& Gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

struct IngestMetrics::State {
  prometheus::Registry registry;
  CounterFamily& requests =
      Counters(registry, "kedge_ingest_requests_total", "Requests to take spans, by HTTP status.");
  CounterFamily& spans =
      Counters(registry, "kedge_ingest_spans_total", "Spans that arrived, by result.");
  CounterFamily& traces =
      Counters(registry, "kedge_ingest_traces_total", "Traces made of spans, by result.");
  CounterFamily& findings = Counters(registry, "kedge_ingest_guard_findings_total",
                                     "Findings of guards in traces that arrived.");
  CounterFamily& guarded = Counters(registry, "kedge_ingest_guarded_traces_total",
                                    "Traces that guards judged, by result.");
  CounterFamily& redacted = Counters(registry, "kedge_ingest_redacted_values_total",
                                     "Values taken out of traces, by the detector's rule.");
  prometheus::Counter& accepted = spans.Add({{"result", "accepted"}});
  prometheus::Counter& rejected = spans.Add({{"result", "rejected"}});
  prometheus::Counter& written = traces.Add({{"result", "written"}});
  prometheus::Counter& refused = traces.Add({{"result", "refused"}});
  prometheus::Gauge& waiting =
      Gauge(registry, "kedge_ingest_waiting_spans", "Spans of traces that are not finished.");
  // Absent until something is watched.
  prometheus::Gauge* watch_traces = nullptr;
  prometheus::Gauge* watch_unwatched = nullptr;
  prometheus::Gauge* watch_statistic = nullptr;
  prometheus::Gauge* watch_threshold = nullptr;
  prometheus::Gauge* watch_warning = nullptr;
  prometheus::Gauge* watch_alarm = nullptr;
};

IngestMetrics::IngestMetrics() : state_(std::make_unique<State>()) {}
IngestMetrics::~IngestMetrics() = default;

void IngestMetrics::CountRequest(int status) {
  state_->requests.Add({{"status", std::to_string(status)}}).Increment();
}

void IngestMetrics::CountSpans(std::int64_t accepted, std::int64_t rejected) {
  state_->accepted.Increment(static_cast<double>(accepted));
  state_->rejected.Increment(static_cast<double>(rejected));
}

void IngestMetrics::CountTraces(std::int64_t written, std::int64_t refused) {
  state_->written.Increment(static_cast<double>(written));
  state_->refused.Increment(static_cast<double>(refused));
}

void IngestMetrics::SetWaiting(std::int64_t spans) {
  state_->waiting.Set(static_cast<double>(spans));
}

void IngestMetrics::CountGuardFinding(const std::string& guard, const std::string& verdict) {
  state_->findings.Add({{"guard", guard}, {"verdict", verdict}}).Increment();
}

void IngestMetrics::CountGuarded(bool clean) {
  state_->guarded.Add({{"result", clean ? "clean" : "broken"}}).Increment();
}

void IngestMetrics::CountRedacted(const std::string& rule, std::int64_t values) {
  state_->redacted.Add({{"rule", rule}}).Increment(static_cast<double>(values));
}

void IngestMetrics::SetWatch(const WatchState& watch) {
  State& s = *state_;
  if (s.watch_alarm == nullptr) {
    s.watch_traces = &Gauge(s.registry, "kedge_watch_traces", "Graded traces that were watched.");
    s.watch_unwatched = &Gauge(s.registry, "kedge_watch_unwatched_traces",
                               "Graded traces in whose stratum nothing is watched.");
    s.watch_statistic = &Gauge(s.registry, "kedge_watch_log_statistic",
                               "Natural logarithm of the alarm's statistic.");
    s.watch_threshold = &Gauge(s.registry, "kedge_watch_log_threshold",
                               "Natural logarithm of the statistic that raises the alarm.");
    s.watch_warning = &Gauge(s.registry, "kedge_watch_warning",
                             "1 while the statistic is above a tenth of the threshold.");
    s.watch_alarm =
        &Gauge(s.registry, "kedge_watch_alarm", "1 once the production alarm has gone off.");
  }
  s.watch_traces->Set(static_cast<double>(watch.traces));
  s.watch_unwatched->Set(static_cast<double>(watch.unwatched));
  s.watch_statistic->Set(watch.log_statistic);
  s.watch_threshold->Set(std::log(watch.threshold));
  s.watch_warning->Set(watch.warn ? 1 : 0);
  s.watch_alarm->Set(watch.alarm ? 1 : 0);
}

std::string IngestMetrics::Text() const {
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace kedge::metrics
