#include "harness/loop/watch_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/core/utf8.h"
#include "harness/drift/watch.h"
#include "harness/loop/trace_archive.h"
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

std::vector<drift::GradedTrace> GradeAll(const std::vector<trace::Trace>& traces,
                                         const drift::GradeCaps& caps) {
  std::vector<drift::GradedTrace> graded;
  for (const trace::Trace& trace : traces) {
    if (auto grade = drift::Grade(trace, caps)) graded.push_back(std::move(*grade));
  }
  return graded;
}

double SmallestInclusion(const std::vector<trace::Trace>& traces) {
  double smallest = 1;
  for (const trace::Trace& trace : traces) {
    if (drift::Grade(trace, {})) smallest = std::min(smallest, trace.inclusion_probability);
  }
  return smallest;
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
  ProductionWatch saved = OpenWatch(options, SmallestInclusion(stream));
  const std::vector<drift::GradedTrace> graded = GradeAll(stream, saved.caps);
  Json warned, alarmed;
  bool was_alarmed = saved.watch.status().alarm;
  for (const drift::GradedTrace& trace : graded) {
    const drift::WatchStatus& status = saved.watch.Observe(trace);
    if (status.warn && warned.is_null()) warned = EventJson(status, trace.id);
    if (status.alarm && !was_alarmed && alarmed.is_null()) alarmed = EventJson(status, trace.id);
  }
  if (!options.state_file.empty()) SaveWatch(options.state_file, saved);

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
