#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kedge::text {

/// Whole-text disguises that show themselves only by the words they contain.
enum WordDisguise : std::uint32_t { kRot13 = 1, kReversed = 2, kLeet = 4 };

/// Disguised forms of words that instructions are made of, each with its WordDisguise: what to look
/// for in a text before it is worth undoing the disguise.
std::vector<std::pair<std::string, std::uint32_t>> DisguisedWords();

/// The rot13 and the reversed form of one more word, such as the prefix of an access token.
std::vector<std::pair<std::string, std::uint32_t>> DisguisesOf(std::string_view word);

/// Which disguises the words of `text` suggest. O(bytes).
std::uint32_t DisguisesIn(std::string_view text);

}  // namespace kedge::text
