#include <algorithm>

#include "guards/detect/embedded_packs.h"
#include "guards/detect/pack_reader.h"

namespace kedge::guards {
namespace {

// "packs/secrets/cloud.yaml" and "packs/hidden.yaml" are of the packs "secrets/v1" and "hidden/v1".
std::string PackOf(std::string_view path) {
  path.remove_prefix(path.find('/') + 1);
  return std::string(path.substr(0, path.find_first_of("/."))) + "/v1";
}

}  // namespace

std::vector<PackFile> ShippedPackFiles(const std::string& pack) {
  std::vector<PackFile> files;
  for (const EmbeddedFile& file : EmbeddedPacks()) {
    if (PackOf(file.path) == pack)
      files.push_back({std::string(file.path), std::string(file.text)});
  }
  return files;
}

std::vector<std::string> ShippedPackNames() {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : EmbeddedPacks()) names.push_back(PackOf(file.path));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace kedge::guards
