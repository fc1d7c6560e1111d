#include "harness/process/program_path.h"

#include <unistd.h>

#include <filesystem>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/utf8.h"

namespace kedge::process {
namespace {

namespace fs = std::filesystem;

bool IsExecutable(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

std::string Absolute(const std::string& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  return error ? path : absolute.string();
}

Error NotRunnable(const std::string& name, std::string_view why) {
  return Error(ErrorKind::kUnavailable,
               "program '" + EscapeControls(name) + "' " + std::string(why));
}

std::string SearchFolders(const std::string& name, std::string_view folders) {
  while (true) {
    const std::size_t colon = folders.find(':');
    const std::string_view folder = folders.substr(0, colon);
    const std::string candidate = (folder.empty() ? "." : std::string(folder)) + "/" + name;
    if (IsExecutable(candidate)) return Absolute(candidate);
    if (colon == std::string_view::npos) return {};
    folders.remove_prefix(colon + 1);
  }
}

}  // namespace

std::string ResolveProgram(const std::string& name, const std::string& search_path) {
  if (name.empty()) throw NotRunnable(name, "has no name");
  if (name.find('/') == std::string::npos) {
    std::string found = SearchFolders(name, search_path);
    if (found.empty()) throw NotRunnable(name, "was not found in PATH; install it or correct it");
    return found;
  }
  if (IsExecutable(name)) return Absolute(name);
  std::error_code error;
  if (!fs::exists(name, error)) throw NotRunnable(name, "does not exist");
  throw NotRunnable(name, "is not an executable file (chmod +x?)");
}

}  // namespace kedge::process
