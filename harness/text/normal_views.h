#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::text {

/// A rewritten text: for each of its bytes, the byte of the source it came from.
struct MappedText {
  std::string text;
  std::vector<std::uint32_t> origin;

  void Append(char c, std::size_t from) {
    text.push_back(c);
    origin.push_back(static_cast<std::uint32_t>(from));
  }
  void Append(std::string_view bytes, std::size_t from) {
    text.append(bytes);
    origin.insert(origin.end(), bytes.size(), static_cast<std::uint32_t>(from));
  }
  void clear() {
    text.clear();
    origin.clear();
  }
};

/// Compatibility forms and invisible characters resolved, case kept (see CodePointForms). ASCII
/// stays as it is; malformed UTF-8 becomes U+FFFD. O(bytes).
MappedText StripInvisible(std::string_view text);

/// As StripInvisible, with look-alikes of ASCII characters replaced by these (UTS #39); a
/// look-alike letter O, I or l beside a digit becomes 0 or 1.
MappedText MakeSkeleton(std::string_view text);

/// Case folded and stripped, each run of white space one blank; appends to `out`, which the caller
/// may keep for its memory.
void FoldInto(std::string_view text, MappedText& out);

/// FoldInto without the origins, for a text that is mostly searched in vain; replaces `out`.
void FoldText(std::string_view text, std::string& out);

/// True if every byte is ASCII.
bool IsAsciiText(std::string_view text);

}  // namespace kedge::text
