#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace kedge::text {

/// Bytes [begin, end) of a text.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// What one fast pass notices: where it is worth looking for a disguise.
struct TextSigns {
  bool ascii = true;
  bool spaced = false;                  ///< four single letters or digits in a row: `i g n o`
  std::vector<Span> runs;               ///< letters, digits and `+/-_`, 15 bytes and more
  std::vector<std::uint32_t> percents;  ///< `%` before two hexadecimal digits
  std::vector<std::uint32_t> entities;  ///< `&` before `#` or a letter
  std::vector<std::uint32_t> escapes;   ///< `\` before `u` or `x`

  bool Plain() const {
    return ascii && !spaced && runs.empty() && percents.empty() && entities.empty() &&
           escapes.empty();
  }
};

/// O(bytes). Reuses the memory of `signs`. `text` is shorter than 4 GiB.
void FindSigns(std::string_view text, TextSigns& signs);

}  // namespace kedge::text
