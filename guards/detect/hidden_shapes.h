#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace kedge::guards {

/// A use of invisible characters that has no honest purpose.
struct HiddenShape {
  std::string_view shape;
  std::size_t begin = 0, end = 0;
};

/// "tags": four tag characters or more outside an emoji flag; "selectors": four variation selectors
/// in a row; "invisible-run": four invisible characters in a row; "invisible-in-word": two or more
/// between ASCII letters of the text; "bidi-override": LRO or RLO; "private-use": four private-use
/// characters in a row. The first 10,000 are told. O(bytes); ASCII needs no Unicode data.
std::vector<HiddenShape> FindHiddenShapes(std::string_view text);

}  // namespace kedge::guards
