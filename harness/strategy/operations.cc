#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "harness/strategy/layers.h"
#include "harness/strategy/parameter_path.h"
#include "harness/strategy/records.h"
#include "harness/strategy/strategy.h"

namespace kedge::strategy {
namespace {

using Layers = std::map<std::string, Json>;

Json& List(Layers& layers, const char* layer, const char* list) {
  Json& value = layers[layer][list];
  if (value.is_null()) value = Json::array();
  return value;
}

auto HasId(const std::string& id) {
  return [&id](const Json& record) { return record["id"] == id; };
}

Json* FindRecord(Json& records, const char* key, const std::string& id) {
  const auto found = std::find_if(records.begin(), records.end(),
                                  [&](const Json& record) { return record[key] == id; });
  return found == records.end() ? nullptr : &*found;
}

Json& RequireGuideline(Layers& layers, const std::string& id) {
  Json* record = FindRecord(List(layers, "guidelines", "guidelines"), "id", id);
  if (record == nullptr) throw BadData("there is no guideline \"" + id + "\"");
  return *record;
}

std::string Text(const Json& value) {
  if (!value.is_string()) throw BadData("the value must be text");
  return value.get<std::string>();
}

std::vector<std::string> Texts(const Json& value) {
  if (!value.is_array()) throw BadData("the value must be a list of texts");
  std::vector<std::string> texts;
  for (const Json& item : value) texts.push_back(Text(item));
  return texts;
}

// Whoever proposes a change cannot grade it.
void RefuseValidation(const Json& value) {
  if (!value.is_object()) throw BadData("the value must be an object");
  if (value.contains("validation")) throw BadData("`validation` is written by the gate only");
}

void QuarantineUnlessUnderstood(Json& record) {
  const Document document = Document::FromValue(record, "guideline");
  const bool claims_active = ParseGuideline(document.root()).status == "active";
  if (claims_active && GuidelineFromJson(record, "guideline").status == "quarantined") {
    record["status"] = "quarantined";
  }
}

void ApplyAdd(Layers& layers, const Operation& operation) {
  RefuseValidation(operation.value);
  Json& records = List(layers, "guidelines", "guidelines");
  if (FindRecord(records, "id", operation.target) != nullptr) {
    throw BadData("a guideline \"" + operation.target + "\" exists already; revise it");
  }
  Json record = operation.value;
  if (record.contains("id") && record["id"] != operation.target) {
    throw BadData("the value's id is not the target");
  }
  record["id"] = operation.target;
  QuarantineUnlessUnderstood(record);
  records.push_back(std::move(record));
}

void ApplyRevise(Layers& layers, const Operation& operation) {
  RefuseValidation(operation.value);
  Json& record = RequireGuideline(layers, operation.target);
  if (operation.value.contains("id")) throw BadData("an id cannot be revised");
  const Json measured = MeasuredPart(record);
  for (const auto& [key, value] : operation.value.items()) {
    if (!value.is_null()) {
      record[key] = value;
    } else if (record.erase(key) == 0) {
      throw BadData("there is no field \"" + key + "\" to remove");
    }
  }
  if (MeasuredPart(record) != measured) record.erase("validation");
  QuarantineUnlessUnderstood(record);
}

void ApplyRetire(Layers& layers, const Operation& operation) {
  Json& record = RequireGuideline(layers, operation.target);
  if (record.value("status", "") == "retired") throw BadData("it is retired already");
  record = Retired(std::move(record), Text(operation.value));
}

void ApplyMerge(Layers& layers, const Operation& operation) {
  for (const std::string& id : Texts(operation.value)) {
    if (id == operation.target) throw BadData("a guideline cannot be merged into itself");
    Json& kept = RequireGuideline(layers, operation.target);
    Json& merged = RequireGuideline(layers, id);
    for (const Json* record : {&kept, &merged}) {
      if (record->value("status", "") != "retired") continue;
      throw BadData("\"" + (*record)["id"].get<std::string>() + "\" is retired already");
    }
    if (NormalThen(kept.value("then", Json())) != NormalThen(merged.value("then", Json()))) {
      throw BadData("\"" + id +
                    "\" says something else; only guidelines with an equal `then` merge");
    }
    kept = WithSourcesOf(std::move(kept), merged);
    merged = Retired(std::move(merged), "merged into " + operation.target);
    // The united guideline speaks from where the first of them spoke.
    Json& records = List(layers, "guidelines", "guidelines");
    const auto kept_at = std::find_if(records.begin(), records.end(), HasId(operation.target));
    const auto merged_at = std::find_if(records.begin(), records.end(), HasId(id));
    if (merged_at < kept_at) std::rotate(merged_at, kept_at, kept_at + 1);
  }
}

void ApplySetParam(Layers& layers, const Operation& operation) {
  ParameterPath path = ParseParameterPath(operation.target);
  static constexpr std::array<std::string_view, 4> kLayers = {"tool_policy", "planner", "retrieval",
                                                              "model"};
  if (path.size() < 2 || std::find(kLayers.begin(), kLayers.end(), path[0]) == kLayers.end()) {
    throw BadData("expected tool_policy/..., planner/..., retrieval/... or model/...");
  }
  const std::string layer_name = path[0];
  Json& layer = layers[layer_name];
  path.erase(path.begin());
  SetParameter(layer, path, operation.value);
  CheckLayer(layer_name, Document::FromValue(layer, layer_name + " layer").root());
}

void ApplyEditSection(Layers& layers, const Operation& operation) {
  Json& sections = List(layers, "instructions", "sections");
  const std::string text = Text(operation.value);
  Json* section = FindRecord(sections, "name", operation.target);
  if (section == nullptr) {
    sections.push_back({{"name", operation.target}, {"text", text}});
  } else if (section->value("frozen", false)) {
    throw BadData("the section is frozen");
  } else {
    (*section)["text"] = text;
  }
}

void ApplyReorder(Layers& layers, const Operation& operation) {
  const bool guidelines = operation.target == "guidelines";
  if (!guidelines && operation.target != "instructions") {
    throw BadData("only `guidelines` and `instructions` have an order");
  }
  Json& records = guidelines ? List(layers, "guidelines", "guidelines")
                             : List(layers, "instructions", "sections");
  const std::vector<std::string> order = Texts(operation.value);
  const std::set<std::string> distinct(order.begin(), order.end());
  if (order.size() != records.size() || distinct.size() != order.size()) {
    throw BadData("the new order must name every one of " + std::to_string(records.size()) +
                  " once");
  }
  Json reordered = Json::array();
  for (const std::string& id : order) {
    const Json* record = FindRecord(records, guidelines ? "id" : "name", id);
    if (record == nullptr) throw BadData("there is no \"" + id + "\"");
    reordered.push_back(*record);
  }
  records = std::move(reordered);
}

void ApplyOne(Layers& layers, const Operation& operation) {
  static const std::map<std::string, void (*)(Layers&, const Operation&)> kOperations = {
      {"add", ApplyAdd},        {"revise", ApplyRevise},      {"retire", ApplyRetire},
      {"merge", ApplyMerge},    {"set_param", ApplySetParam}, {"edit_section", ApplyEditSection},
      {"reorder", ApplyReorder}};
  const auto found = kOperations.find(operation.op);
  if (found == kOperations.end()) {
    std::vector<std::string> known;
    for (const auto& [name, function] : kOperations) known.push_back(name);
    const std::string nearest = NearestWord(operation.op, known);
    throw BadData("unknown operation" +
                  (nearest.empty() ? "" : "; did you mean \"" + nearest + "\"?"));
  }
  found->second(layers, operation);
}

}  // namespace

Json ToJson(const Operation& operation) {
  return {{"op", operation.op}, {"target", operation.target}, {"value", operation.value}};
}

Strategy Apply(const Strategy& parent, const std::string& expected_parent_hash,
               const std::vector<Operation>& operations, std::string name, Json provenance) {
  if (parent.hash() != expected_parent_hash) {
    throw Error(ErrorKind::kTemporary, "the parent is now " + parent.hash() + ", not " +
                                           expected_parent_hash +
                                           "; make the change again from the new parent");
  }
  Layers layers;
  for (const std::string_view layer : kLayerNames) {
    layers[std::string(layer)] = parent.layer(layer);
  }
  for (std::size_t i = 0; i < operations.size(); ++i) {
    try {
      ApplyOne(layers, operations[i]);
    } catch (Error& error) {
      error.AddContext("operation " + std::to_string(i + 1) + " (" + operations[i].op + " " +
                       operations[i].target + ")");
      throw;
    }
  }
  return Strategy::FromLayers(std::move(name), {parent.hash()}, std::move(layers),
                              std::move(provenance));
}

}  // namespace kedge::strategy
