#include "harness/strategy/strategy.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "harness/strategy/layers.h"

namespace kedge::strategy {
namespace {

bool IsLayerName(std::string_view name) {
  return std::find(std::begin(kLayerNames), std::end(kLayerNames), name) != std::end(kLayerNames);
}

bool IsHash(std::string_view text) {
  const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == 64 && std::all_of(text.begin(), text.end(), hex);
}

// An empty list of records says no more than an absent one, and must not make another strategy.
std::string LayerDigest(const Json& layer) {
  const bool no_records =
      layer == Json{{"sections", Json::array()}} || layer == Json{{"guidelines", Json::array()}};
  return JsonDigest(no_records ? Json::object() : layer);
}

[[noreturn]] void ThrowUnknownLayer(std::string_view name) {
  const std::vector<std::string> known(std::begin(kLayerNames), std::end(kLayerNames));
  const std::string nearest = NearestWord(name, known);
  throw BadData("unknown layer \"" + std::string(name) + "\"" +
                (nearest.empty() ? "" : "; did you mean \"" + nearest + "\"?"));
}

}  // namespace

Strategy Strategy::FromDocuments(std::string name, std::vector<std::string> parents,
                                 std::map<std::string, Document> layers, Json provenance) {
  CheckName(name, "strategy name");
  for (const std::string& parent : parents) {
    if (!IsHash(parent)) throw BadData("parent \"" + parent + "\" is not a strategy hash");
  }
  Strategy strategy;
  for (const auto& [layer, document] : layers) {
    if (!IsLayerName(layer)) ThrowUnknownLayer(layer);
  }
  Json hashes = Json::object();
  for (const std::string_view view : kLayerNames) {
    const std::string layer(view);
    layers.try_emplace(layer, Document::FromValue(Json::object(), layer + " layer"));
    const Node root = layers.at(layer).root();
    CheckLayer(layer, root);
    hashes[layer] = strategy.layer_hashes_[layer] = LayerDigest(root.json());
  }
  strategy.guidelines_ = ParseGuidelines(layers.at("guidelines").root());
  strategy.name_ = std::move(name);
  strategy.parents_ = std::move(parents);
  strategy.provenance_ = provenance.is_null() ? Json::object() : std::move(provenance);
  strategy.layers_ = std::move(layers);
  strategy.hash_ = JsonDigest(hashes);
  return strategy;
}

Strategy Strategy::FromLayers(std::string name, std::vector<std::string> parents,
                              std::map<std::string, Json> layers, Json provenance) {
  std::map<std::string, Document> documents;
  for (auto& [layer, value] : layers) {
    documents.emplace(layer, Document::FromValue(std::move(value), layer + " layer"));
  }
  return FromDocuments(std::move(name), std::move(parents), std::move(documents),
                       std::move(provenance));
}

Node Strategy::node(std::string_view name) const {
  const auto found = layers_.find(std::string(name));
  if (found == layers_.end()) throw InternalError("no layer \"" + std::string(name) + "\"");
  return found->second.root();
}

const Json& Strategy::layer(std::string_view name) const {
  return node(name).json();  // the document, which this holds, owns the value
}

Json Strategy::ToJson() const {
  Json layers = Json::object();
  for (const auto& [name, document] : layers_) layers[name] = document.root().json();
  return {{"name", name_},
          {"parents", parents_},
          {"hash", hash_},
          {"layer_hashes", layer_hashes_},
          {"layers", std::move(layers)}};
}

}  // namespace kedge::strategy
