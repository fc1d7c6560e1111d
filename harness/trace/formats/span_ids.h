#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kedge::trace {

/// Lower-case hex of an id's bytes.
std::string HexOf(std::string_view bytes);

/// The lower-case hex id that `text` writes in hex (any case) or base64, of exactly `bytes` bytes;
/// empty when it is neither, or all zero, which OpenTelemetry declares invalid.
std::string SpanIdFromText(std::string_view text, std::size_t bytes);

/// Standard base64 (RFC 4648, section 4) with padding.
std::string Base64Of(std::string_view bytes);

}  // namespace kedge::trace
