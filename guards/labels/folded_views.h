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

/// O(bytes). Throws Error(kBadData) when the text is too long to view.
FoldedViews ViewsOf(std::string_view text);

}  // namespace kedge::guards
