#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kedge {

/// True if `text` is well-formed UTF-8 (no overlong forms, surrogates or values above U+10FFFF).
bool IsValidUtf8(std::string_view text);

/// Well-formed copy: each maximal invalid part becomes U+FFFD.
std::string ReplaceInvalidUtf8(std::string_view text);

/// Safe for a terminal, an XML or an HTML text node: invalid UTF-8 replaced; control characters
/// (C0 other than \n and \t, DEL, C1) and bidi controls shown as visible escapes `\u{1B}`.
std::string EscapeControls(std::string_view text);

/// At most `max_bytes` bytes, cut at a character boundary, with "…" appended when cut.
std::string Elide(std::string_view text, std::size_t max_bytes);

}  // namespace kedge
