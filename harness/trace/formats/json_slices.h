#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/core/error.h"

namespace kedge::trace {

/// One member or element, cut out of a larger JSON text but not parsed.
struct JsonSlice {
  std::string_view key;   ///< as written between the quotes (escapes kept); empty in arrays
  std::string_view text;  ///< the value's text
  std::int64_t line = 0;  ///< the line `text` starts on
};

struct JsonSlices {
  std::vector<JsonSlice> items;  ///< all that could be cut, up to the place of the error
  std::optional<Error> error;    ///< with line but no file; empty when the whole text was cut
};

/// Cuts an array into its elements, or an object into its members, looking at brackets and strings
/// only: so that a large document is parsed element by element, one bad element does not spoil the
/// others, and a truncated document still yields what precedes the cut (of an object, the member
/// that was cut too, as far as it goes). `text` may have white space around it; `first_line` is the
/// line it starts on. O(n), no recursion. The slices point into `text`.
JsonSlices SliceArray(std::string_view text, std::int64_t first_line = 1);
JsonSlices SliceObject(std::string_view text, std::int64_t first_line = 1);

/// The member's slice, or nullptr.
const JsonSlice* FindSlice(const JsonSlices& object, std::string_view key);

}  // namespace kedge::trace
