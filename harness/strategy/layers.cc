#include "harness/strategy/layers.h"

#include <algorithm>
#include <set>

namespace kedge::strategy {
namespace {

void RefuseNulls(const Node& node) {
  if (node.is_null()) throw node.Fail("null is not a value here; leave the field out");
  if (node.is_array()) {
    for (const Node& item : node.Items()) RefuseNulls(item);
  } else if (node.is_object()) {
    for (const auto& [key, value] : node.Members()) RefuseNulls(value);
  }
}

void CheckUnique(std::set<std::string>& seen, const Node& name) {
  if (!seen.insert(name.NonEmptyString()).second) {
    throw name.Fail("\"" + name.String() + "\" is used twice");
  }
}

void CheckInstructions(const Node& layer) {
  layer.AllowKeys({"sections"});
  const auto sections = layer.Find("sections");
  if (!sections) return;
  std::set<std::string> names;
  for (const Node& section : sections->Items()) {
    section.AllowKeys({"name", "text", "frozen"});
    CheckUnique(names, section["name"]);
    section["text"].String();
    section.BoolOr("frozen", false);
  }
}

void CheckGuidelines(const Node& layer) {
  layer.AllowKeys({"guidelines"});
  const auto records = layer.Find("guidelines");
  if (!records) return;
  const std::vector<Node> items = records->Items();
  if (items.size() > kMaxGuidelines) {
    throw records->Fail("more than " + std::to_string(kMaxGuidelines) + " guidelines");
  }
  std::set<std::string> ids;
  for (const Node& item : items) CheckUnique(ids, item["id"]);
}

void CheckToolPolicy(const Node& layer) {
  layer.AllowKeys({"confirm", "retry", "rate", "preconditions", "argument_sources"});
}

void CheckPlanner(const Node& layer) {
  layer.AllowKeys({"parameters", "types", "goals", "texts", "exploration"});
  if (const auto parameters = layer.Find("parameters")) {
    for (const auto& [key, value] : parameters->Members()) {
      if (!value.json().is_number() && !value.json().is_boolean()) {
        throw value.Fail("a parameter is a number, true or false");
      }
    }
  }
  const auto goals = layer.Find("goals");
  if (!goals) return;
  std::set<std::string> ids;
  for (const Node& goal : goals->Items()) CheckUnique(ids, goal["id"]);
}

void CheckRetrieval(const Node& layer) {
  layer.AllowKeys({"k", "min_support", "token_budget"});
  layer.IntOr("k", 1, 1, 1000);
  layer.IntOr("min_support", 0, 0);
  layer.IntOr("token_budget", 0, 0, 1'000'000);
}

void CheckModel(const Node& layer) {
  layer.AllowKeys({"alias", "temperature", "seed", "max_tokens", "price"});
  layer.StringOr("alias", "");
  layer.NumberOr("temperature", 0, 0, 2);
  layer.IntOr("seed", 0, 0, std::int64_t{1} << 53);
  layer.IntOr("max_tokens", 1, 1, 1'000'000);
  const auto price = layer.Find("price");
  if (!price) return;
  price->AllowKeys({"input", "output"});
  price->NumberOr("input", 0, 0);
  price->NumberOr("output", 0, 0);
}

}  // namespace

bool IsName(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == ':' || c == '-';
  };
  return !name.empty() && name.size() <= 200 && std::all_of(name.begin(), name.end(), allowed);
}

void CheckName(const std::string& name, std::string_view what) {
  if (IsName(name)) return;
  throw BadData(std::string(what) + " \"" + name +
                "\" must be 1 to 200 letters, digits or any of _ . : -");
}

void CheckLayer(std::string_view name, const Node& layer) {
  RefuseNulls(layer);
  if (name == "instructions") CheckInstructions(layer);
  if (name == "guidelines") CheckGuidelines(layer);
  if (name == "tool_policy") CheckToolPolicy(layer);
  if (name == "planner") CheckPlanner(layer);
  if (name == "retrieval") CheckRetrieval(layer);
  if (name == "model") CheckModel(layer);
}

}  // namespace kedge::strategy
