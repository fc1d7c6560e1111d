#include "harness/loop/watch_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <vector>

#include "harness/core/atomic_file.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/utf8.h"
#include "harness/drift/watch.h"
#include "harness/loop/trace_archive.h"
#include "harness/stats/descriptive.h"
#include "harness/stats/survey.h"

namespace kedge::loop {
namespace {

std::vector<trace::Trace> ReadTraces(const std::string& spec) {
  std::vector<trace::Trace> traces;
  ReadArchive(spec, [&](trace::Trace&& trace) {
    trace.steps.clear();  // the grades are all that is needed
    traces.push_back(std::move(trace));
  });
  return traces;
}

/// Twice what nearly every episode stays below.
double CapOf(std::vector<double> amounts) {
  if (amounts.empty()) return 0;
  std::sort(amounts.begin(), amounts.end());
  return 2 * stats::QuantileSorted(amounts, 0.99);
}

drift::GradeCaps CapsOf(const std::vector<trace::Trace>& baseline,
                        const WatchSessionOptions& options) {
  std::vector<double> costs, latencies;
  for (const trace::Trace& trace : baseline) {
    if (!trace.outcome) continue;
    if (trace.outcome->has_cost) costs.push_back(trace.outcome->cost);
    if (trace.outcome->latency_seconds > 0) latencies.push_back(trace.outcome->latency_seconds);
  }
  return {options.cost_cap > 0 ? options.cost_cap : CapOf(std::move(costs)),
          options.latency_cap > 0 ? options.latency_cap : CapOf(std::move(latencies))};
}

std::vector<drift::GradedTrace> GradeAll(const std::vector<trace::Trace>& traces,
                                         const drift::GradeCaps& caps) {
  std::vector<drift::GradedTrace> graded;
  for (const trace::Trace& trace : traces) {
    if (auto grade = drift::Grade(trace, caps)) graded.push_back(std::move(*grade));
  }
  return graded;
}

double SmallestInclusion(const std::vector<drift::GradedTrace>& a,
                         const std::vector<drift::GradedTrace>& b) {
  double smallest = 1;
  for (const auto* traces : {&a, &b}) {
    for (const drift::GradedTrace& trace : *traces) {
      smallest = std::min(smallest, trace.inclusion_probability);
    }
  }
  return smallest;
}

/// Saved by an earlier call: the watch and the caps its grades were made with.
struct SavedWatch {
  drift::Watch watch;
  drift::GradeCaps caps;
};

SavedWatch LoadState(const std::string& path) {
  Json json = ParseJson(ReadFile(path), path);
  if (!json.is_object() || !json.contains("caps") || !json["caps"].is_object()) {
    throw BadData("the state of a watch has `caps`").At(path, 0, "caps");
  }
  const auto cap = [&](const char* name) {
    const auto it = json["caps"].find(name);
    if (it == json["caps"].end() || !it->is_number() || it->get<double>() < 0) {
      throw BadData("expected a number of 0 or more").At(path, 0, std::string("caps.") + name);
    }
    return it->get<double>();
  };
  const drift::GradeCaps caps{cap("cost"), cap("latency")};
  json.erase("caps");
  return {drift::Watch::Restore(json, path), caps};
}

void SaveState(const std::string& path, const SavedWatch& saved) {
  Json json = saved.watch.Save();
  json["caps"] = {{"cost", saved.caps.cost}, {"latency", saved.caps.latency_seconds}};
  WriteFileAtomic(path, PrettyJson(json) + "\n");
}

SavedWatch StartWatch(const WatchSessionOptions& options, const std::vector<trace::Trace>& stream) {
  const std::vector<trace::Trace> window = ReadTraces(options.baseline);
  const drift::GradeCaps caps = CapsOf(window, options);
  const std::vector<drift::GradedTrace> graded = GradeAll(window, caps);
  drift::BaselineOptions baseline;
  baseline.tolerance = options.tolerance;
  baseline.threshold = options.threshold;
  baseline.min_inclusion = options.min_inclusion > 0
                               ? options.min_inclusion
                               : SmallestInclusion(graded, GradeAll(stream, caps));
  return {drift::Watch(drift::BaselineDesign(graded, baseline)), caps};
}

Json EventJson(const drift::WatchStatus& status, const std::string& trace) {
  return {{"at", status.traces},     {"trace", trace},
          {"metric", status.metric}, {"stratum", status.stratum},
          {"share", status.share},   {"log_statistic", status.log_statistic}};
}

std::string EventText(const char* what, const Json& event) {
  const std::string stratum = event["stratum"].get<std::string>();
  return fmt::format(
      "{} at trace {} ({}): {}{}, {:.0f} % of the statistic\n", what,
      event["at"].get<std::int64_t>(), EscapeControls(event["trace"].get<std::string>()),
      EscapeControls(event["metric"].get<std::string>()),
      stratum.empty() ? "" : " in " + EscapeControls(stratum), 100 * event["share"].get<double>());
}

/// Weighted (Hajek) mean of each watched metric in the stream beside its in-control means.
Json MeansJson(const drift::WatchDesign& design, const std::vector<drift::GradedTrace>& stream) {
  Json rows = Json::array();
  for (const drift::WatchMetric& metric : design.metrics) {
    std::vector<double> values, inclusion;
    for (const drift::GradedTrace& trace : stream) {
      const auto it = trace.values.find(metric.name);
      if (it == trace.values.end()) continue;
      values.push_back(it->second);
      inclusion.push_back(trace.inclusion_probability);
    }
    Json row = {{"metric", metric.name}, {"m0", metric.m0}, {"traces", values.size()}};
    if (!values.empty()) row["mean"] = stats::HorvitzThompson(values, inclusion).mean;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string MeansText(const Json& rows) {
  std::string text;
  for (const Json& row : rows) {
    double low = 1, high = 0;
    for (const Json& m0 : row["m0"]) {
      low = std::min(low, m0.get<double>());
      high = std::max(high, m0.get<double>());
    }
    text += fmt::format(
        "{:<14} in control from {:.4f}{}, stream {}\n", row["metric"].get<std::string>(), low,
        high > low ? fmt::format(" to {:.4f} by stratum", high) : "",
        row.contains("mean") ? fmt::format("{:.4f}", row["mean"].get<double>()) : "has none");
  }
  return text;
}

}  // namespace

WatchSessionResult RunWatchSession(const WatchSessionOptions& options) {
  const std::vector<trace::Trace> stream = ReadTraces(options.stream);
  const bool goes_on = !options.state_file.empty() && std::filesystem::exists(options.state_file);
  if (!goes_on && options.baseline.empty()) {
    throw UsageError("--stream needs --baseline, or --state of an earlier watch");
  }
  SavedWatch saved = goes_on ? LoadState(options.state_file) : StartWatch(options, stream);
  const std::vector<drift::GradedTrace> graded = GradeAll(stream, saved.caps);
  Json warned, alarmed;
  bool was_alarmed = saved.watch.status().alarm;
  for (const drift::GradedTrace& trace : graded) {
    const drift::WatchStatus& status = saved.watch.Observe(trace);
    if (status.warn && warned.is_null()) warned = EventJson(status, trace.id);
    if (status.alarm && !was_alarmed && alarmed.is_null()) alarmed = EventJson(status, trace.id);
  }
  if (!options.state_file.empty()) SaveState(options.state_file, saved);

  WatchSessionResult result;
  const drift::WatchStatus& status = saved.watch.status();
  result.alarm = status.alarm;
  result.json = {{"format", "kedge-watch-report/1"},
                 {"threshold", saved.watch.design().threshold},
                 {"traces", graded.size()},
                 {"without_grade", stream.size() - graded.size()},
                 {"traces_in_all", status.traces},
                 {"unwatched", saved.watch.unwatched()},
                 {"min_inclusion", saved.watch.design().min_inclusion},
                 {"metrics", MeansJson(saved.watch.design(), graded)},
                 {"warn", warned},
                 {"alarm", status.alarm},
                 {"alarm_event", alarmed},
                 {"log_statistic", std::isfinite(status.log_statistic) ? Json(status.log_statistic)
                                                                       : Json(nullptr)}};
  result.text = fmt::format(
      "{} graded traces, {} without a grade; on average one false alarm in "
      "{:.0f} traces or more\n",
      graded.size(), stream.size() - graded.size(), saved.watch.design().threshold);
  result.text += MeansText(result.json["metrics"]);
  if (!warned.is_null()) result.text += EventText("warning", warned);
  if (!alarmed.is_null()) result.text += EventText("ALARM", alarmed);
  if (was_alarmed) result.text += "the alarm went off in an earlier call and was not reset\n";
  if (!status.alarm) result.text += "no alarm\n";
  return result;
}

}  // namespace kedge::loop
