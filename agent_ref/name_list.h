#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::agent_ref {

/// Whether `name` is one of `names`. O(names).
inline bool Lists(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace kedge::agent_ref
