#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kedge::guards {

/// A text as provenance reads it.
struct FoldedViews {
  std::string folded;                ///< case-folded and normalised
  std::vector<std::string> decoded;  ///< what encoded parts and look-alikes spell, folded
};

/// O(bytes). Throws Error(kBadData) when the text is too long to view, or its views outgrow it.
FoldedViews ViewsOf(std::string_view text);

/// With A-Z made lower case, nothing else.
std::string AsciiFolded(std::string_view text);

}  // namespace kedge::guards
