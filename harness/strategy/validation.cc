#include "harness/strategy/validation.h"

#include <utility>

#include "harness/core/error.h"
#include "harness/strategy/records.h"

namespace kedge::strategy {

std::vector<std::string> BroughtGuidelines(const Strategy& base, const Strategy& candidate) {
  std::map<std::string, Json> before;
  for (const Guideline& guideline : base.guidelines()) {
    if (guideline.status == "active") before.emplace(guideline.id, MeasuredPart(ToJson(guideline)));
  }
  std::vector<std::string> brought;
  for (const Guideline& guideline : candidate.guidelines()) {
    if (guideline.status != "active") continue;
    const auto old = before.find(guideline.id);
    if (old == before.end() || old->second != MeasuredPart(ToJson(guideline))) {
      brought.push_back(guideline.id);
    }
  }
  return brought;
}

Strategy WithValidation(const Strategy& strategy, const std::map<std::string, Json>& validations,
                        Json provenance) {
  std::map<std::string, Json> layers;
  for (const std::string_view layer : kLayerNames) {
    layers.emplace(layer, strategy.layer(layer));
  }
  std::size_t found = 0;
  for (Json& record : layers["guidelines"]["guidelines"]) {
    const auto validation = validations.find(record["id"].get<std::string>());
    if (validation == validations.end()) continue;
    record["validation"] = validation->second;
    ++found;
  }
  if (found != validations.size()) {
    throw BadData("strategy \"" + strategy.name() + "\" lacks a guideline that was measured");
  }
  return Strategy::FromLayers(strategy.name(), {strategy.hash()}, std::move(layers),
                              std::move(provenance));
}

}  // namespace kedge::strategy
