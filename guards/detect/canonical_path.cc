#include "guards/detect/canonical_path.h"

#include <vector>

#include "harness/text/hidden_characters.h"

namespace kedge::guards {

std::optional<std::string> CanonicalPath(std::string_view path, std::string_view base,
                                         std::string_view home) {
  if (path.empty() || path.find_first_of("$`*?[{\n\t") != std::string_view::npos ||
      text::FindHiddenCharacter(path)) {
    return std::nullopt;
  }
  std::string whole;
  if (path[0] == '~') {
    if (path.size() > 1 && path[1] != '/') return std::nullopt;
    whole = std::string(home) + std::string(path.substr(1));
  } else if (path[0] != '/') {
    whole = std::string(base) + "/" + std::string(path);
  } else {
    whole = std::string(path);
  }
  std::vector<std::string_view> parts;
  const std::string_view all = whole;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t slash = std::min(all.find('/', at), all.size());
    const std::string_view part = all.substr(at, slash - at);
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
    at = slash + 1;
  }
  std::string out;
  for (const std::string_view part : parts) out.append("/").append(part);
  return out.empty() ? "/" : out;
}

bool IsBelow(std::string_view path, std::string_view folder) {
  if (folder == "/") return path.starts_with('/');
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace kedge::guards
