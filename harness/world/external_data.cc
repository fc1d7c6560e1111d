#include "harness/world/external_data.h"

#include <cstdlib>
#include <filesystem>

#include "harness/core/error.h"
#include "harness/core/file.h"

namespace kedge::world {
namespace {

std::string EnvironmentName(const std::string& key) {
  std::string name = "KEDGE_DATA_";
  for (const char c : key) {
    const bool letter = c >= 'a' && c <= 'z';
    name += letter ? static_cast<char>(c - 32) : (c == '-' ? '_' : c);
  }
  return name;
}

void CheckKey(const std::string& key, const Node& node) {
  if (!key.empty() &&
      key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos) {
    return;
  }
  throw node.Fail("the name of a data folder has small letters, digits and '-', got '" + key + "'");
}

std::string FolderOf(const std::string& key, const Node& node,
                     const std::map<std::string, std::string>& folders) {
  const auto given = folders.find(key);
  if (given != folders.end()) return given->second;
  const std::string variable = EnvironmentName(key);
  const char* value = std::getenv(variable.c_str());
  if (value != nullptr && *value != '\0') return value;
  throw Error(ErrorKind::kMissingInput,
              "the world needs data that is not part of it: pass --data " + key +
                  "=FOLDER or set " + variable + " (" + node["about"].NonEmptyString() + ")")
      .At(node.source_name(), node.line(), node.path());
}

std::string PathIn(const std::string& folder, const Node& file) {
  const std::filesystem::path path(file.NonEmptyString());
  for (const auto& part : path) {
    if (path.is_absolute() || part == "..") {
      throw file.Fail("expected the name of a file in the data folder");
    }
  }
  return folder + "/" + path.string();
}

}  // namespace

ExternalData ReadExternalData(const std::optional<Node>& node,
                              const std::map<std::string, std::string>& folders) {
  ExternalData data;
  if (!node) return data;
  for (const auto& [key, entry] : node->Members()) {
    CheckKey(key, entry);
    entry.AllowKeys({"about", "files"});
    const std::string folder = FolderOf(key, entry, folders);
    for (const auto& [name, file] : entry["files"].Members()) {
      const auto [slot, is_new] = data.texts.emplace(name, "");
      if (!is_new) throw file.Fail("there are two files named " + name);
      slot->second = ReadFile(PathIn(folder, file));
    }
  }
  return data;
}

void AddDataFunction(db::Database& database, const ExternalData& data) {
  database.AddFunction("data", 1, [&data](std::span<const Json> arguments) -> Json {
    const Json& name = arguments[0];
    const auto found =
        name.is_string() ? data.texts.find(name.get_ref<const std::string&>()) : data.texts.end();
    if (found == data.texts.end()) {
      throw BadData("world.yaml lists no data file " + DumpJson(name));
    }
    return found->second;
  });
}

}  // namespace kedge::world
