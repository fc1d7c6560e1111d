#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace kedge::text {

/// A place in a text that a reader cannot see as it is.
struct HiddenCharacter {
  std::size_t offset = 0;   ///< byte offset; for malformed or unnormalised text at or before it
  char32_t code_point = 0;  ///< 0 when the bytes are no character at all
  std::string what;         ///< e.g. "invisible character", "letters of two scripts in one word"
};

/// The first place where `text` holds something other than plainly visible characters:
/// malformed UTF-8; controls other than tab and line feed; invisible, format, bidi, tag and
/// variation-selector characters (the Unicode property Default_Ignorable_Code_Point and the
/// category Cf, not a list); private-use and unassigned code points; line and paragraph
/// separators and spaces other than U+0020; more than two combining marks on one character; text
/// that is not in Normalization Form C; a word that mixes scripts (UTS #39: Latin with Cyrillic;
/// the scripts of Japanese and Korean may mix). O(bytes); pure ASCII needs no Unicode data.
std::optional<HiddenCharacter> FindHiddenCharacter(std::string_view text);

}  // namespace kedge::text
