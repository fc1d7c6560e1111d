#pragma once

#include <map>
#include <string>
#include <vector>

namespace kedge::cli {

/// The values of `--data KEY=FOLDER`. Throws UsageError for a text without `=`, an empty part and a
/// key that comes twice.
std::map<std::string, std::string> ReadDataFolders(const std::vector<std::string>& values);

}  // namespace kedge::cli
