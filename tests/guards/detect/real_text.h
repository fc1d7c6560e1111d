#pragma once

#include <string>
#include <vector>

#include "harness/core/json.h"

namespace kedge::guards {

/// All bytes of a file, decompressed.
std::string ReadAllBytes(const std::string& path);

/// Every string under a key `content` or `text` of the JSON in a folder's files (or one file):
/// messages as agents and tools wrote them. At most `most`.
std::vector<std::string> RealMessages(const std::string& path, std::size_t most);

}  // namespace kedge::guards
