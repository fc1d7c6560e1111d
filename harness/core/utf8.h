#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kedge {

/// What stands at one place of a text: a code point, or (`valid` false) a maximal invalid part as
/// Unicode 15, section 3.9 defines it, to be replaced by one U+FFFD.
struct CodePoint {
  char32_t value = 0xFFFD;
  unsigned length = 1;  ///< bytes, 1 to 4
  bool valid = false;
};

/// Decodes at byte `at` < text.size().
CodePoint DecodeUtf8(std::string_view text, std::size_t at);

/// Appends `code_point` (a Unicode scalar value) as UTF-8.
void AppendUtf8(char32_t code_point, std::string& out);

/// True if `text` is well-formed UTF-8 (no overlong forms, surrogates or values above U+10FFFF).
bool IsValidUtf8(std::string_view text);

/// Well-formed copy: each maximal invalid part becomes U+FFFD.
std::string ReplaceInvalidUtf8(std::string_view text);

/// Safe for a terminal, an XML or an HTML text node: invalid UTF-8 replaced; control characters
/// (C0 other than \n and \t, DEL, C1), bidi controls and the two code points that XML forbids
/// (U+FFFE, U+FFFF) shown as visible escapes `\u{1B}`.
std::string EscapeControls(std::string_view text);

/// At most `max_bytes` bytes, cut at a character boundary; when cut it ends in "…" (3 bytes, left
/// out if `max_bytes` is smaller than that).
std::string Elide(std::string_view text, std::size_t max_bytes);

}  // namespace kedge
