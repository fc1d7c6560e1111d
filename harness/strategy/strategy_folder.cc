// Strategies as folders: strategy.yaml and a file per layer.
#include <iterator>
#include <optional>
#include <utility>

#include "harness/core/file.h"
#include "harness/strategy/strategy.h"
#include "harness/strategy/yaml_writer.h"

namespace kedge::strategy {
namespace {

constexpr std::string_view kFormat = "kedge-strategy/1";

std::string LayerFile(const Node& node) {
  std::string file = node.NonEmptyString();
  // Only plain names: a strategy is one folder, and a file elsewhere would not travel with it.
  if (file.find('/') != std::string::npos || file[0] == '.') {
    throw node.Fail("expected the name of a file in the strategy's own folder");
  }
  return file;
}

std::map<std::string, Document> LoadLayers(const std::string& folder, const Node& root) {
  std::map<std::string, Document> layers;
  const std::optional<Node> files = root.Find("layers");
  if (!files) return layers;
  files->AllowKeys({"instructions", "guidelines", "tool_policy", "planner", "retrieval", "model"});
  for (const auto& [layer, file] : files->Members()) {
    layers.emplace(layer, Document::Load(folder + "/" + LayerFile(file)));
  }
  return layers;
}

Json Provenance(const Node& root) {
  const auto provenance = root.Find("provenance");
  if (!provenance) return Json::object();
  if (!provenance->is_object()) throw provenance->Fail("expected an object");
  return provenance->json();
}

}  // namespace

Strategy Strategy::Load(const std::string& folder) {
  const Document document = Document::Load(folder + "/strategy.yaml");
  const Node root = document.root();
  root.AllowKeys({"format", "name", "parents", "layers", "provenance", "hash"});
  root["format"].OneOf({kFormat});
  const std::string name = root["name"].NonEmptyString();
  Strategy strategy = [&] {
    auto layers = LoadLayers(folder, root);
    try {
      return FromDocuments(name, root.StringsOr("parents"), std::move(layers), Provenance(root));
    } catch (Error& error) {
      if (error.file().empty()) error.At(root.source_name(), root.line());
      throw;
    }
  }();
  const auto hash = root.Find("hash");
  if (hash && hash->String() != strategy.hash()) {
    throw hash->Fail("the layers hash to " + strategy.hash() +
                     "; the files were changed after this was written (remove the field if that "
                     "was intended)");
  }
  return strategy;
}

void Strategy::Save(const std::string& folder) const {
  MakeFolders(folder);
  Json files = Json::object();
  for (const auto& [name, document] : layers_) {
    if (document.root().json().empty()) continue;
    files[name] = name + ".yaml";
    WriteFileAtomic(folder + "/" + name + ".yaml", ToYaml(document.root().json()));
  }
  const Json head = {{"format", kFormat},         {"name", name_},
                     {"parents", parents_},       {"layers", files},
                     {"provenance", provenance_}, {"hash", hash_}};
  WriteFileAtomic(folder + "/strategy.yaml", ToYaml(head));
}

}  // namespace kedge::strategy
