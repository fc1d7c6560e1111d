#include "harness/loop/strategy_files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/strategy/strategy.h"

namespace kedge::loop {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHead = "strategy.yaml";

std::set<std::string> FileNames(const std::string& folder) {
  std::set<std::string> names = {kHead};
  const Node root = Document::Load(folder + "/" + kHead).root();
  if (const auto layers = root.Find("layers")) {
    for (const auto& [layer, file] : layers->Members()) names.insert(file.NonEmptyString());
  }
  return names;
}

Error FileError(const std::string& what, const std::string& path) {
  const ErrorKind kind = errno == EACCES || errno == EPERM || errno == EROFS
                             ? ErrorKind::kNotPermitted
                             : ErrorKind::kIo;
  return Error(kind, what + ": " + std::strerror(errno)).At(path);
}

// Throws when replacing `folder` would lose anything but a strategy.
void RequireReplaceable(const std::string& folder) {
  if (!fs::exists(fs::symlink_status(folder))) return;
  if (!fs::is_directory(folder)) {
    throw Error(ErrorKind::kNotPermitted, "this is not a folder").At(folder);
  }
  if (fs::is_empty(folder)) return;
  if (!fs::exists(folder + "/" + kHead)) {
    throw Error(ErrorKind::kNotPermitted,
                "the folder holds something else than a strategy, which would be lost")
        .At(folder);
  }
  std::set<std::string> known = FileNames(folder);
  for (const std::string_view layer : strategy::kLayerNames) {
    known.insert(std::string(layer) + ".yaml");
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (known.contains(name)) continue;
    throw Error(ErrorKind::kNotPermitted,
                "the folder holds " + name + ", which is no part of a strategy and would be lost")
        .At(folder);
  }
}

// A folder of its own, removed with what is in it.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (fs::temp_directory_path() / "kedge-strategy-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw FileError("cannot make a folder", pattern);
    path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

strategy::Strategy StrategyOf(const store::StrategyFiles& files) {
  const ScratchFolder folder;
  for (const auto& [name, bytes] : files) WriteFileAtomic(folder.path() + "/" + name, bytes);
  return strategy::Strategy::Load(folder.path());
}

store::StrategyFiles FilesOf(const strategy::Strategy& strategy) {
  const ScratchFolder folder;
  strategy.Save(folder.path());
  return ReadStrategyFiles(folder.path());
}

store::StrategyFiles ReadStrategyFiles(const std::string& folder) {
  store::StrategyFiles files;
  for (const std::string& name : FileNames(folder)) files[name] = ReadFile(folder + "/" + name);
  return files;
}

StagedStrategy::StagedStrategy(const store::StrategyFiles& files, const std::string& hash,
                               const std::string& folder)
    : target_(fs::weakly_canonical(fs::absolute(folder)).string()) {
  while (target_.size() > 1 && target_.back() == '/') target_.pop_back();
  RequireReplaceable(target_);
  MakeFolders(fs::path(target_).parent_path().string());
  std::string pattern = target_ + ".tmp-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw FileError("cannot write beside it", target_);
  staged_ = pattern;
  try {
    chmod(staged_.c_str(), 0755);
    for (const auto& [name, bytes] : files) WriteFileAtomic(staged_ + "/" + name, bytes);
    const std::string found = strategy::Strategy::Load(staged_).hash();
    if (found != hash) {
      throw BadData("the kept files hash to " + found + ", not to " + hash +
                    "; `kedge verify` says whether the store was changed");
    }
  } catch (...) {
    fs::remove_all(staged_);
    throw;
  }
}

StagedStrategy::~StagedStrategy() {
  std::error_code ignored;
  if (!staged_.empty()) fs::remove_all(staged_, ignored);
}

void StagedStrategy::Commit() {
  if (!fs::exists(target_)) {
    if (rename(staged_.c_str(), target_.c_str()) != 0) {
      throw FileError("cannot put the strategy in place", target_);
    }
    staged_.clear();
    return;
  }
  // After the exchange the old folder has the staged name; the destructor removes it.
  if (renameat2(AT_FDCWD, staged_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) != 0) {
    throw FileError("cannot put the strategy in place", target_);
  }
}

}  // namespace kedge::loop
