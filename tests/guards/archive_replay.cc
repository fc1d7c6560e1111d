#include "tests/guards/archive_replay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>

#include "guards/review.h"
#include "guards/trace_events.h"
#include "harness/core/document.h"
#include "harness/stats/proportion_intervals.h"
#include "harness/trace/formats/read_any.h"

namespace kedge::guards {
namespace {

bool IsEnforced(const Finding& finding) { return !finding.shadow && !finding.late; }

bool AsksForLabels(const Json& rule, const std::set<std::string>& labels) {
  if (!rule.contains("otherwise") || !rule["otherwise"].contains("only")) return false;
  const Json& only = rule["otherwise"]["only"];
  return std::any_of(labels.begin(), labels.end(),
                     [&only](const std::string& label) { return only.contains(label); });
}

}  // namespace

Verdict ReplayedRun::VerdictOf(std::size_t count) const {
  Verdict strongest = Verdict::kAllow;
  for (std::size_t i = 0; i < count; ++i) strongest = std::min(strongest, decisions[i].verdict);
  return strongest;
}

std::vector<std::string> ReplayedRun::RulesOf(std::size_t count, Verdict verdict) const {
  std::set<std::string> rules;
  for (std::size_t i = 0; i < count; ++i) {
    for (const Finding& finding : decisions[i].findings) {
      if (IsEnforced(finding) && finding.verdict <= verdict) rules.insert(finding.rule);
    }
  }
  return {rules.begin(), rules.end()};
}

ReplayedRun ReplayRun(Monitor& monitor, const trace::Trace& trace) {
  ReplayedRun run;
  run.events = EventsOf(trace);
  monitor.Reset(trace.id);
  for (const Event& event : run.events) run.decisions.push_back(monitor.Observe(event));
  return run;
}

void ForEachTrace(const std::string& path, const std::function<void(const trace::Trace&)>& visit) {
  const trace::ReadReport report =
      trace::ReadTraces(path, {}, [&visit](trace::Trace&& trace) { visit(trace); });
  EXPECT_TRUE(report.errors.empty()) << path << ": " << report.errors.front().what();
}

std::shared_ptr<const Policy> WithoutDetectors(const std::string& path) {
  Json policy = Document::Load(path).root().json();
  std::set<std::string> labels;
  for (const auto& [name, source] : policy["labels"].items()) labels.insert(name);
  policy.erase("labels");
  Json kept = Json::array();
  for (const Json& rule : policy["rules"]) {
    if (!AsksForLabels(rule, labels)) kept.push_back(rule);
  }
  EXPECT_LT(kept.size(), policy["rules"].size());
  policy["rules"] = kept;
  return Policy::Read(Document::FromValue(policy, path),
                      std::filesystem::path(path).parent_path().string());
}

std::string Share(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "0 of 0";
  const stats::Interval interval = stats::WilsonInterval(part, whole, 0.95);
  char text[120];
  std::snprintf(text, sizeof text, "%lld of %lld (%.1f %%, 95 %% interval %.1f to %.1f)",
                static_cast<long long>(part), static_cast<long long>(whole),
                100.0 * static_cast<double>(part) / static_cast<double>(whole), 100 * interval.low,
                100 * interval.high);
  return text;
}

}  // namespace kedge::guards
