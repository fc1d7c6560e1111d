#include "harness/drift/watch.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/stats/descriptive.h"

namespace kedge::drift {
namespace {

constexpr const char* kFormat = "kedge-watch/1";
constexpr double kWarnShare = 0.1;
// Of a metric's weight, the part of its detector over all strata.
constexpr double kPooledShare = 0.5;

stats::EDetectorDesign DetectorDesign(const WatchDesign& design, double m0) {
  stats::EDetectorDesign result;
  result.m0 = m0;
  result.threshold = design.threshold;
  result.shifts.clear();
  for (const double shift : design.shifts) result.shifts.push_back(std::min(shift, m0));
  return result;
}

// The detector over all strata is given each trace's own m0; it must allow the largest shift.
double LargestMean(const std::map<std::string, double>& m0) {
  double largest = 0;
  for (const auto& [stratum, mean] : m0) largest = std::max(largest, mean);
  return largest;
}

// -inf, the state before any observation, has no number in JSON.
Json LogJson(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

WatchDesign DesignFrom(const Node& node) {
  node.AllowKeys({"metrics", "shifts", "threshold", "min_inclusion"});
  WatchDesign design;
  for (const Node& item : node["metrics"].Items()) {
    item.AllowKeys({"name", "weight", "m0"});
    WatchMetric metric{item["name"].NonEmptyString(), item["weight"].Number(1e-9, 1e9), {}};
    for (const auto& [stratum, m0] : item["m0"].Members()) metric.m0[stratum] = m0.Number(0, 1);
    design.metrics.push_back(std::move(metric));
  }
  design.shifts.clear();
  for (const Node& shift : node["shifts"].Items()) design.shifts.push_back(shift.Number(0, 1));
  design.threshold = node["threshold"].Number(1, 1e15);
  design.min_inclusion = node["min_inclusion"].Number(0, 1);
  design.Validate();
  return design;
}

}  // namespace

void WatchDesign::Validate() const {
  if (metrics.empty()) throw BadData("a watch needs at least one metric");
  if (!(threshold > 10) || !std::isfinite(threshold)) {
    throw BadData("the alarm threshold must be above 10");
  }
  if (!(min_inclusion > 0 && min_inclusion <= 1)) {
    throw BadData("the smallest inclusion probability must lie in (0, 1]");
  }
  if (shifts.empty()) throw BadData("a watch needs at least one shift");
  for (const double shift : shifts) {
    if (!(shift > 0 && shift < 1)) throw BadData("a shift must lie in (0, 1)");
  }
  for (const WatchMetric& metric : metrics) {
    if (!(metric.weight > 0)) throw BadData("the weight of " + metric.name + " must be above 0");
    if (metric.m0.empty()) throw BadData(metric.name + " has no in-control mean");
    for (const auto& [stratum, m0] : metric.m0) {
      if (!(m0 > 0 && m0 < 1)) {
        throw BadData("the in-control mean of " + metric.name + " must lie in (0, 1)");
      }
    }
  }
}

Json ToJson(const WatchDesign& design) {
  Json metrics = Json::array();
  for (const WatchMetric& m : design.metrics) {
    metrics.push_back({{"name", m.name}, {"weight", m.weight}, {"m0", m.m0}});
  }
  return {{"metrics", std::move(metrics)},
          {"shifts", design.shifts},
          {"threshold", design.threshold},
          {"min_inclusion", design.min_inclusion}};
}

Watch::Watch(WatchDesign design) : design_(std::move(design)) {
  design_.Validate();
  double total = 0;
  for (const WatchMetric& metric : design_.metrics) total += metric.weight;
  for (std::size_t m = 0; m < design_.metrics.size(); ++m) {
    AddDetectors(m, design_.metrics[m].weight / total);
  }
  UpdateStatus();
}

void Watch::AddDetectors(std::size_t metric, double weight) {
  const std::map<std::string, double>& m0 = design_.metrics[metric].m0;
  const bool several = m0.size() > 1;
  const double pooled = several ? kPooledShare * weight : weight;
  detectors_.push_back({metric, "", true, std::log(pooled),
                        stats::EDetector(DetectorDesign(design_, LargestMean(m0)))});
  if (!several) return;
  const double each = (weight - pooled) / static_cast<double>(m0.size());
  for (const auto& [stratum, mean] : m0) {
    detectors_.push_back(
        {metric, stratum, false, std::log(each), stats::EDetector(DetectorDesign(design_, mean))});
  }
}

const std::string* Watch::StratumOf(const WatchMetric& metric, const std::string& stratum) const {
  auto it = metric.m0.find(stratum);
  if (it == metric.m0.end()) it = metric.m0.find(kOtherStrata);
  return it == metric.m0.end() ? nullptr : &it->first;
}

const WatchStatus& Watch::Observe(const GradedTrace& trace) {
  if (!(trace.inclusion_probability >= design_.min_inclusion * (1 - 1e-12) &&
        trace.inclusion_probability <= 1)) {
    throw BadData("trace " + trace.id + ": the inclusion probability lies outside of what the " +
                  "watch was designed for");
  }
  const double weight = std::min(1.0, design_.min_inclusion / trace.inclusion_probability);
  for (const auto& [name, value] : trace.values) {
    if (!(value >= 0 && value <= 1)) {
      throw BadData("trace " + trace.id + ": " + name + " lies outside of 0 to 1");
    }
  }
  bool watched = false;
  for (Detector& d : detectors_) {
    const WatchMetric& metric = design_.metrics[d.metric];
    const auto value = trace.values.find(metric.name);
    const std::string* stratum = StratumOf(metric, trace.stratum);
    if (value == trace.values.end() || stratum == nullptr) continue;
    if (!d.pooled && d.stratum != *stratum) continue;
    d.detector.UpdateStratum(value->second, metric.m0.at(*stratum), weight);
    watched = true;
  }
  unwatched_ += watched ? 0 : 1;
  ++status_.traces;
  UpdateStatus();
  return status_;
}

void Watch::UpdateStatus() {
  std::vector<double> all;
  std::vector<std::vector<double>> by_metric(design_.metrics.size());
  for (const Detector& d : detectors_) {
    all.push_back(d.log_weight + d.detector.log_statistic());
    by_metric[d.metric].push_back(all.back());
  }
  status_.log_statistic = stats::LogSumExp(all);
  status_.alarm = status_.alarm || status_.log_statistic >= std::log(design_.threshold);
  status_.warn = status_.log_statistic >= std::log(kWarnShare * design_.threshold);
  if (!std::isfinite(status_.log_statistic)) return;
  std::size_t leading = 0;
  double best = -std::numeric_limits<double>::infinity();
  for (std::size_t m = 0; m < by_metric.size(); ++m) {
    const double sum = stats::LogSumExp(by_metric[m]);
    if (sum > best) {
      best = sum;
      leading = m;
    }
  }
  status_.metric = design_.metrics[leading].name;
  status_.share = std::exp(best - status_.log_statistic);
  double largest = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < detectors_.size(); ++i) {
    if (detectors_[i].metric != leading || all[i] <= largest) continue;
    largest = all[i];
    status_.stratum = detectors_[i].stratum;
  }
}

void Watch::Reset() { *this = Watch(design_); }

Json Watch::Save() const {
  Json components = Json::array();
  for (const Detector& d : detectors_) {
    components.push_back(Json::array());
    for (const double log : d.detector.log_components()) components.back().push_back(LogJson(log));
  }
  return {{"format", kFormat},        {"design", ToJson(design_)},
          {"traces", status_.traces}, {"unwatched", unwatched_},
          {"alarm", status_.alarm},   {"log_components", std::move(components)}};
}

Watch Watch::Restore(const Json& saved, const std::string& source) {
  const Node root = Document::FromValue(saved, source).root();
  root.AllowKeys({"format", "design", "traces", "unwatched", "alarm", "log_components"});
  root["format"].OneOf({kFormat});
  Watch watch(DesignFrom(root["design"]));
  watch.status_.traces = root["traces"].Int(0);
  watch.unwatched_ = root["unwatched"].Int(0);
  watch.status_.alarm = root["alarm"].Bool();
  const std::vector<Node> rows = root["log_components"].Items();
  if (rows.size() != watch.detectors_.size()) {
    throw root["log_components"].Fail("does not fit the design");
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::vector<double> logs;
    for (const Node& value : rows[i].Items()) {
      logs.push_back(value.is_null() ? -std::numeric_limits<double>::infinity() : value.Number());
    }
    Detector& d = watch.detectors_[i];
    if (logs.size() != watch.design_.shifts.size()) throw rows[i].Fail("does not fit the design");
    const std::map<std::string, double>& m0 = watch.design_.metrics[d.metric].m0;
    d.detector = stats::EDetector(
        DetectorDesign(watch.design_, d.pooled ? LargestMean(m0) : m0.at(d.stratum)),
        std::move(logs));
  }
  watch.UpdateStatus();
  return watch;
}

}  // namespace kedge::drift
