#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "harness/core/json.h"

namespace kedge::agent_ref {

/// A value as lower-case text with white space collapsed, for comparing what people write with what
/// tools say. ASCII letters only are folded.
std::string Folded(std::string_view text);
std::string Folded(const Json& value);

/// Where `part` first occurs in `whole` between word boundaries, or npos; both folded.
std::size_t FindWords(std::string_view whole, std::string_view part);
bool ContainsWords(std::string_view whole, std::string_view part);

/// True if two folded texts name the same thing: equal, or the shorter (at least 3 bytes) is made
/// of whole words of the longer.
bool SameThing(std::string_view a, std::string_view b);

/// The number that a text is ("12.34", "$1,200.50"); nullopt when it is none.
std::optional<double> NumberIn(std::string_view text);

/// White space at both ends removed.
std::string_view Trimmed(std::string_view text);

}  // namespace kedge::agent_ref
