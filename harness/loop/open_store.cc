#include "harness/loop/open_store.h"

#include <filesystem>

#include "harness/core/error.h"
#include "harness/core/file.h"

namespace kedge::loop {

std::unique_ptr<store::Store> OpenStore(const std::string& path, const Clock& clock) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (!folder.empty()) MakeFolders(folder);
  return store::Store::Open(path, clock);
}

std::unique_ptr<store::Store> OpenExistingStore(const std::string& path, const Clock& clock) {
  if (!std::filesystem::exists(path)) {
    throw Error(ErrorKind::kMissingInput, "there is no history yet").At(path);
  }
  return store::Store::Open(path, clock);
}

}  // namespace kedge::loop
