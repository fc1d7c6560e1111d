#include <cmath>

#include "harness/core/document.h"
#include "harness/drift/drift.h"

namespace kedge::drift {
namespace {

constexpr const char* kFloorsFormat = "kedge-drift-floors/1";

Json FeatureJson(const FeatureDrift& f) {
  Json json = {{"name", f.name},
               {"counted", f.counted},
               {"runs", f.runs},
               {"observed", f.test.observed},
               {"expected_without_change", f.test.mean},
               {"excess", f.test.excess},
               {"z", std::isfinite(f.test.z) ? Json(f.test.z) : Json(nullptr)},
               {"p", f.test.p},
               {"p_holm", f.p_holm},
               {"null_q95", f.null_q95},
               {"threshold", f.threshold},
               {"changed", f.changed}};
  if (f.moved.empty() && f.name != "vector") {
    json["champion"] = f.champion;
    json["candidate"] = f.candidate;
  }
  if (f.ratio) json["ratio"] = *f.ratio;
  if (f.ratio_of_means) json["ratio_of_means"] = *f.ratio_of_means;
  if (f.ratio_low) {
    json["ratio_low"] = *f.ratio_low;
    json["ratio_high"] = *f.ratio_high;
  }
  if (!f.examples.empty()) json["examples"] = f.examples;
  if (!f.moved.empty()) json["moved"] = Json::array();
  for (const MovedShare& m : f.moved) {
    json["moved"].push_back(
        {{"name", m.name}, {"champion", m.champion}, {"candidate", m.candidate}});
  }
  return json;
}

Json NewScopeJson(const NewScope& n) {
  return {
      {"tool", n.scope.tool}, {"resource", n.scope.resource}, {"permission", n.scope.permission},
      {"calls", n.calls},     {"privileged", n.privileged},   {"example", n.example}};
}

}  // namespace

Json ToJson(const DriftReport& report, bool with_latency) {
  Json json = {{"paired", report.paired},
               {"exact", report.exact},
               {"tasks", report.tasks},
               {"units", report.units},
               {"champion_runs", report.champion_runs},
               {"candidate_runs", report.candidate_runs},
               {"left_out", report.left_out},
               {"labellings", report.labellings},
               {"index", report.index},
               {"index_feature", report.index_feature},
               {"changed", report.changed},
               {"scores", Json::array()},
               {"new_scopes", Json::array()}};
  for (const FeatureDrift& feature : report.features) {
    if (with_latency || feature.name != "latency") json["scores"].push_back(FeatureJson(feature));
  }
  for (const NewScope& scope : report.new_scopes) json["new_scopes"].push_back(NewScopeJson(scope));
  return json;
}

Json FloorsToJson(const Floors& floors) {
  return {{"format", kFloorsFormat}, {"floors", Json(floors)}};
}

Floors LoadFloors(const std::string& path) {
  const Node root = Document::Load(path).root();
  root.AllowKeys({"format", "floors"});
  root["format"].OneOf({kFloorsFormat});
  const Node node = root["floors"].AllowKeys(
      {"tools", "path", "steps", "output_tokens", "cost", "latency", "refusal", "tool_error",
       "retry", "vector", "scope", "judge", "tape_agreement", "tape_divergence"});
  Floors floors;
  for (const auto& [name, value] : node.Members()) floors[name] = value.Number(0, 1e6);
  return floors;
}

}  // namespace kedge::drift
