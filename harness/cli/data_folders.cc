#include "harness/cli/data_folders.h"

#include "harness/core/error.h"

namespace kedge::cli {

std::map<std::string, std::string> ReadDataFolders(const std::vector<std::string>& values) {
  std::map<std::string, std::string> folders;
  for (const std::string& value : values) {
    const std::size_t equals = value.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == value.size()) {
      throw UsageError("--data '" + value + "': expected KEY=FOLDER");
    }
    const std::string key = value.substr(0, equals);
    if (!folders.emplace(key, value.substr(equals + 1)).second) {
      throw UsageError("--data " + key + " is given twice");
    }
  }
  return folders;
}

}  // namespace kedge::cli
