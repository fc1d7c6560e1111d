#include "harness/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <charconv>
#include <map>
#include <mutex>

#include "harness/core/error.h"
#include "harness/core/file.h"

namespace kedge::metrics {
namespace {

const prometheus::Histogram::BucketBoundaries kEpisodeBuckets = {
    0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60, 120, 300};
const prometheus::Histogram::BucketBoundaries kPhaseBuckets = {0.001, 0.01, 0.1, 0.5, 1,    5,
                                                               10,    30,   60,  300, 1800, 7200};

constexpr std::array kVerdicts = {gate::VerdictKind::kPromote, gate::VerdictKind::kBlock,
                                  gate::VerdictKind::kHoldNoDifference,
                                  gate::VerdictKind::kHoldInconclusive};

void CheckAddress(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  int port = -1;
  if (colon != std::string::npos && colon > 0) {
    const char* end = address.data() + address.size();
    const auto [stop, error] = std::from_chars(address.data() + colon + 1, end, port);
    if (error != std::errc{} || stop != end) port = -1;
  }
  if (port < 0 || port > 65535) {
    throw UsageError("metrics address '" + address + "': expected HOST:PORT, e.g. 127.0.0.1:9464");
  }
}

}  // namespace

struct Metrics::State {
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  prometheus::Family<prometheus::Counter>& episodes;
  prometheus::Family<prometheus::Counter>& guard_triggers;
  prometheus::Family<prometheus::Histogram>& episode_seconds;
  prometheus::Family<prometheus::Histogram>& phase_seconds;
  prometheus::Family<prometheus::Gauge>& verdict;
  prometheus::Family<prometheus::Gauge>& effect;
  prometheus::Family<prometheus::Gauge>& pairs;
  prometheus::Family<prometheus::Gauge>& budget;
  // Looking a metric up by its labels costs more than counting in it; an episode's labels repeat.
  std::mutex mutex;
  std::map<std::array<std::string, 4>, prometheus::Counter*> episode_counters;
  std::map<std::string, prometheus::Histogram*> episode_histograms;
  std::unique_ptr<prometheus::Exposer> exposer;

  State()
      : episodes(prometheus::BuildCounter()
                     .Name("kedge_episodes_total")
                     .Help("Finished episodes by suite, stratum, arm and result.")
                     .Register(*registry)),
        guard_triggers(prometheus::BuildCounter()
                           .Name("kedge_guard_violations_total")
                           .Help("Attempts that broke a guard, by guard, arm and guard verdict.")
                           .Register(*registry)),
        episode_seconds(prometheus::BuildHistogram()
                            .Name("kedge_episode_duration_seconds")
                            .Help("Wall time of an episode.")
                            .Register(*registry)),
        phase_seconds(prometheus::BuildHistogram()
                          .Name("kedge_phase_duration_seconds")
                          .Help("Wall time of a phase of the gate.")
                          .Register(*registry)),
        verdict(prometheus::BuildGauge()
                    .Name("kedge_gate_verdict")
                    .Help("1 for the verdict of the last gate of the suite, 0 for the others.")
                    .Register(*registry)),
        effect(prometheus::BuildGauge()
                   .Name("kedge_gate_effect_ratio")
                   .Help("Candidate minus champion at the last gate: estimate and interval limits.")
                   .Register(*registry)),
        pairs(prometheus::BuildGauge()
                  .Name("kedge_gate_pairs")
                  .Help("Pairs behind the last gate of the suite.")
                  .Register(*registry)),
        budget(prometheus::BuildGauge()
                   .Name("kedge_error_budget_left_ratio")
                   .Help("Share of the season's error budget that is left.")
                   .Register(*registry)) {}
};

Metrics::Metrics(const BuildInfo& build) : state_(std::make_unique<State>()) {
  prometheus::BuildGauge()
      .Name("kedge_build_info")
      .Help("1, with the version and revision of this kedge as labels.")
      .Register(*state_->registry)
      .Add({{"version", build.version}, {"revision", build.revision}})
      .Set(1);
}

Metrics::~Metrics() = default;

void Metrics::On(const EpisodeFinished& event) {
  const std::lock_guard lock(state_->mutex);
  prometheus::Counter*& counter =
      state_->episode_counters[{event.suite, event.stratum, event.arm, event.result}];
  if (counter == nullptr) {
    counter = &state_->episodes.Add({{"suite", event.suite},
                                     {"stratum", event.stratum},
                                     {"arm", event.arm},
                                     {"result", event.result}});
  }
  counter->Increment();
  prometheus::Histogram*& histogram = state_->episode_histograms[event.arm];
  if (histogram == nullptr) {
    histogram = &state_->episode_seconds.Add({{"arm", event.arm}}, kEpisodeBuckets);
  }
  histogram->Observe(event.seconds);
}

void Metrics::On(const GuardTriggered& event) {
  state_->guard_triggers
      .Add({{"guard", event.guard}, {"arm", event.arm}, {"verdict", event.verdict}})
      .Increment();
}

void Metrics::On(const PhaseFinished& event) {
  state_->phase_seconds.Add({{"phase", event.phase}}, kPhaseBuckets).Observe(event.seconds);
}

void Metrics::SetVerdict(const gate::Verdict& verdict) {
  for (const gate::VerdictKind kind : kVerdicts) {
    state_->verdict.Add({{"suite", verdict.suite}, {"verdict", std::string(ToString(kind))}})
        .Set(kind == verdict.kind ? 1 : 0);
  }
  const auto set_effect = [&](const std::string& component, const gate::Interval& delta) {
    const auto set = [&](const char* bound, double value) {
      state_->effect.Add({{"suite", verdict.suite}, {"component", component}, {"bound", bound}})
          .Set(value);
    };
    set("estimate", delta.estimate);
    set("low", delta.low);
    set("high", delta.high);
  };
  set_effect("overall", verdict.delta);
  for (const gate::Component& component : verdict.components) {
    if (component.name != "overall") set_effect(component.name, component.delta);
  }
  state_->pairs.Add({{"suite", verdict.suite}}).Set(static_cast<double>(verdict.pairs.n));
  if (verdict.error_budget_left) {
    state_->budget.Add({{"suite", verdict.suite}}).Set(*verdict.error_budget_left);
  }
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer().Serialize(state_->registry->Collect());
}

void Metrics::WriteTextFile(const std::string& path) const { WriteFileAtomic(path, Text()); }

int Metrics::Serve(const std::string& address) {
  CheckAddress(address);
  try {
    // Without keep-alive the embedded server closes after every scrape and does not say so.
    state_->exposer = std::make_unique<prometheus::Exposer>(
        std::vector<std::string>{"listening_ports", address, "num_threads", "2",
                                 "enable_keep_alive", "yes", "keep_alive_timeout_ms", "15000"});
  } catch (const std::exception& error) {
    throw Error(ErrorKind::kUnavailable,
                "cannot serve metrics on " + address + ": " + error.what());
  }
  state_->exposer->RegisterCollectable(state_->registry);
  return state_->exposer->GetListeningPorts().front();
}

}  // namespace kedge::metrics
