#include "harness/loop/production_watch.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "harness/core/atomic_file.h"
#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/loop/trace_archive.h"
#include "harness/stats/descriptive.h"

namespace kedge::loop {
namespace {

/// Twice what nearly every episode stays below.
double CapOf(std::vector<double> amounts) {
  if (amounts.empty()) return 0;
  std::sort(amounts.begin(), amounts.end());
  return 2 * stats::QuantileSorted(amounts, 0.99);
}

drift::GradeCaps CapsOf(const std::vector<trace::Trace>& baseline, const WatchSource& source) {
  std::vector<double> costs, latencies;
  for (const trace::Trace& trace : baseline) {
    if (!trace.outcome) continue;
    if (trace.outcome->has_cost) costs.push_back(trace.outcome->cost);
    if (trace.outcome->latency_seconds > 0) latencies.push_back(trace.outcome->latency_seconds);
  }
  return {source.cost_cap > 0 ? source.cost_cap : CapOf(std::move(costs)),
          source.latency_cap > 0 ? source.latency_cap : CapOf(std::move(latencies))};
}

std::optional<ArchivePlace> ReadPlace(const Json& json, const std::string& path) {
  if (!json.contains("archive")) return std::nullopt;
  const Node node = Document::FromValue(json["archive"], path).root();
  node.AllowKeys({"file", "bytes"});
  return ArchivePlace{node["file"].Int(0), node["bytes"].Int(0)};
}

ProductionWatch LoadWatch(const std::string& path) {
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
  const std::optional<ArchivePlace> place = ReadPlace(json, path);
  json.erase("caps");
  json.erase("archive");
  return {drift::Watch::Restore(json, path), caps, place};
}

ProductionWatch StartWatch(const WatchSource& source, double smallest_inclusion) {
  std::vector<trace::Trace> window;
  ReadArchive(source.baseline, [&](trace::Trace&& trace) {
    trace.steps.clear();  // the grades are all that is needed
    window.push_back(std::move(trace));
  });
  const drift::GradeCaps caps = CapsOf(window, source);
  std::vector<drift::GradedTrace> graded;
  for (const trace::Trace& trace : window) {
    if (auto grade = drift::Grade(trace, caps)) graded.push_back(std::move(*grade));
  }
  for (const drift::GradedTrace& trace : graded) {
    smallest_inclusion = std::min(smallest_inclusion, trace.inclusion_probability);
  }
  drift::BaselineOptions baseline;
  baseline.tolerance = source.tolerance;
  baseline.threshold = source.threshold;
  baseline.min_inclusion = source.min_inclusion > 0 ? source.min_inclusion : smallest_inclusion;
  return {drift::Watch(drift::BaselineDesign(graded, baseline)), caps, std::nullopt};
}

}  // namespace

ProductionWatch OpenWatch(const WatchSource& source, double smallest_inclusion) {
  if (!source.state_file.empty() && std::filesystem::exists(source.state_file)) {
    return LoadWatch(source.state_file);
  }
  if (source.baseline.empty()) {
    throw UsageError("a watch needs a baseline, or the state of an earlier watch");
  }
  return StartWatch(source, smallest_inclusion);
}

void SaveWatch(const std::string& path, const ProductionWatch& watch) {
  Json json = watch.watch.Save();
  json["caps"] = {{"cost", watch.caps.cost}, {"latency", watch.caps.latency_seconds}};
  if (watch.place) json["archive"] = {{"file", watch.place->file}, {"bytes", watch.place->bytes}};
  WriteFileAtomic(path, PrettyJson(json) + "\n");
}

}  // namespace kedge::loop
