#include "harness/metrics/ingest_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace kedge::metrics {
namespace {

using CounterFamily = prometheus::Family<prometheus::Counter>;

CounterFamily& Counters(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
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
  prometheus::Counter& accepted = spans.Add({{"result", "accepted"}});
  prometheus::Counter& rejected = spans.Add({{"result", "rejected"}});
  prometheus::Counter& written = traces.Add({{"result", "written"}});
  prometheus::Counter& refused = traces.Add({{"result", "refused"}});
  prometheus::Gauge& waiting = prometheus::BuildGauge()
                                   .Name("kedge_ingest_waiting_spans")
                                   .Help("Spans of traces that are not finished.")
                                   .Register(registry)
                                   .Add({});
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

std::string IngestMetrics::Text() const {
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace kedge::metrics
