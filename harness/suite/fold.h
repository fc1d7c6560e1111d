#pragma once

#include <string>
#include <string_view>

namespace kedge::suite {

/// For comparing texts: ASCII letters lower-case, runs of white space one blank, none at the ends.
std::string Fold(std::string_view text);

/// True if the folded `text` contains the folded `part` such that no number is cut in two: "12" is
/// not in "112", "12.5" nor "1,123", but it is in "12." and "12 €". An empty part is in no text.
bool ContainsText(std::string_view text, std::string_view part);

/// True if the folded `text` contains the folded `word` between characters that are no ASCII
/// letters or digits.
bool ContainsWord(std::string_view text, std::string_view word);

}  // namespace kedge::suite
