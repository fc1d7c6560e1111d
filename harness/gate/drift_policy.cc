#include "harness/gate/drift_policy.h"

#include <filesystem>
#include <utility>

#include "harness/text/pattern.h"

namespace kedge::gate {
namespace {

constexpr std::pair<const char*, double drift::Thresholds::*> kThresholds[] = {
    {"tools", &drift::Thresholds::tools},     {"path", &drift::Thresholds::path},
    {"steps", &drift::Thresholds::steps},     {"output_tokens", &drift::Thresholds::output_tokens},
    {"cost", &drift::Thresholds::cost},       {"latency", &drift::Thresholds::latency},
    {"refusal", &drift::Thresholds::refusal}, {"tool_error", &drift::Thresholds::tool_error},
    {"retry", &drift::Thresholds::retry},     {"scope", &drift::Thresholds::scope},
    {"judge", &drift::Thresholds::judge}};

void ReadThresholds(const Node& node, drift::Thresholds& thresholds) {
  node.AllowKeys({"tools", "path", "steps", "output_tokens", "cost", "latency", "refusal",
                  "tool_error", "retry", "scope", "judge"});
  for (const auto& [name, member] : kThresholds) {
    thresholds.*member = node.NumberOr(name, thresholds.*member, 1e-6, 100);
  }
}

std::vector<std::string> ReadPatterns(const Node& node) {
  std::vector<std::string> patterns;
  for (const Node& item : node.Items()) {
    try {
      patterns.push_back(text::Pattern::Compile(item.NonEmptyString()).expression());
    } catch (const Error& error) {
      throw item.Fail(error.message());
    }
  }
  return patterns;
}

}  // namespace

DriftPolicy ReadDriftPolicy(const Node& node, const std::string& folder) {
  node.AllowKeys({"enabled", "thresholds", "floors", "level", "resamples", "allow", "privileged",
                  "judge", "protected_paths", "twins"});
  DriftPolicy policy;
  policy.enabled = node.BoolOr("enabled", policy.enabled);
  if (const auto thresholds = node.Find("thresholds")) {
    ReadThresholds(*thresholds, policy.thresholds);
  }
  if (const auto floors = node.Find("floors")) {
    policy.floors = drift::LoadFloors(
        (std::filesystem::path(folder) / floors->NonEmptyString()).lexically_normal().string());
  }
  policy.level = node.NumberOr("level", policy.level, 1e-6, 0.2);
  policy.resamples = node.IntOr("resamples", policy.resamples, 99, 1'000'000);
  policy.allow = node.StringsOr("allow");
  policy.privileged = node.StringsOr("privileged");
  policy.judge = node.StringOr("judge", policy.judge);
  if (const auto paths = node.Find("protected_paths"))
    policy.protected_paths = ReadPatterns(*paths);
  policy.twins = node.IntOr("twins", policy.twins, 0, 100'000);
  return policy;
}

Json ToJson(const DriftPolicy& policy) {
  if (!policy.enabled) return {{"enabled", false}};
  Json thresholds = Json::object();
  for (const auto& [name, member] : kThresholds) thresholds[name] = policy.thresholds.*member;
  return {{"enabled", true},
          {"thresholds", std::move(thresholds)},
          {"floors", policy.floors},
          {"level", policy.level},
          {"resamples", policy.resamples},
          {"allow", policy.allow},
          {"privileged", policy.privileged},
          {"judge", policy.judge},
          {"protected_paths", policy.protected_paths},
          {"twins", policy.twins}};
}

}  // namespace kedge::gate
