#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace kedge {

/// The JSON value used everywhere; objects are kept sorted by key, so dumping one is deterministic.
/// This is the only header that includes nlohmann's full header.
using Json = nlohmann::json;

/// Limits for untrusted JSON.
struct JsonLimits {
  std::size_t max_bytes = std::size_t{64} << 20;
  std::size_t max_depth = 64;  ///< at most 1,000
};

/// Parses strictly (RFC 8259): UTF-8 checked; duplicate keys, NaN/Infinity, trailing text, a byte
/// order mark, half surrogate pairs, excess depth and numbers out of range (of int64 and uint64 for
/// integers, of double, too small included, for others) are errors. Throws Error(kBadData) whose
/// line is the 1-based line in `text`; `source` names the file in the message (may be empty).
Json ParseJson(std::string_view text, std::string_view source = {}, const JsonLimits& limits = {});

/// One line, keys sorted bytewise, invalid UTF-8 replaced by U+FFFD (never throws on content).
std::string DumpJson(const Json& value);

/// The same over several lines, indented by two blanks, for people.
std::string PrettyJson(const Json& value);

/// RFC 8785 (JSON Canonicalization Scheme): keys sorted by UTF-16 code units, numbers as ECMAScript
/// prints them, minimal escapes. Equal values give equal bytes; this is what gets hashed. Integers
/// beyond 2^53, which the RFC leaves out, keep all their digits. ParseJson reads it back unchanged.
/// Throws Error(kBadData) for NaN or invalid UTF-8.
std::string CanonicalJson(const Json& value);

/// Lower-case hex SHA-256 over CanonicalJson(value).
std::string JsonDigest(const Json& value);

}  // namespace kedge
