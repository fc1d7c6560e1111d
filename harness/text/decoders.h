#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/text/normal_views.h"
#include "harness/text/text_signs.h"

namespace kedge::text {

// Each decoder appends what it decodes to `out`, one line for each place, and nothing when there is
// nothing plausible. All are O(bytes).

/// RFC 4648 base64 and base64url, padded or not, also broken into lines; the run must decode to
/// text. Every decoded byte originates from the beginning of its run.
void DecodeBase64(std::string_view text, const std::vector<Span>& runs, MappedText& out);

/// Hexadecimal digits in pairs, with or without 0x; the run must decode to text.
void DecodeHex(std::string_view text, const std::vector<Span>& runs, MappedText& out);

/// Percent-encoding (RFC 3986), with the text around each cluster.
void DecodePercent(std::string_view text, const std::vector<std::uint32_t>& places,
                   MappedText& out);

/// Numeric HTML character references and the named ones for blanks, quotes and brackets, where at
/// least one stands for a letter, a digit, a blank or an invisible character.
void DecodeEntities(std::string_view text, const std::vector<std::uint32_t>& places,
                    MappedText& out);

/// JSON's \uXXXX (with surrogate pairs), \u{...} and \xXX, where a cluster holds three escaped
/// printable ASCII characters or six others.
void DecodeEscapes(std::string_view text, const std::vector<std::uint32_t>& places,
                   MappedText& out);

/// The whole text with its letters moved by thirteen places.
void DecodeRot13(std::string_view text, MappedText& out);

/// The whole text, last character first.
void DecodeReversed(std::string_view text, MappedText& out);

/// The whole text with digits and signs inside words replaced by the letters they imitate.
void DecodeLeet(std::string_view text, MappedText& out);

/// `i g n o r e   a l l` and the same with dots, dashes, ...: runs of six characters and more.
void DecodeSpaced(std::string_view text, MappedText& out);

/// ASCII spelled by tag characters (U+E0020-7E) and bytes carried by variation selectors.
void DecodeHidden(std::string_view text, MappedText& out);

}  // namespace kedge::text
