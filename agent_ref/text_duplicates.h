#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace kedge::agent_ref {

/// For every text the index of the earlier one that it nearly repeats, or its own. Two texts repeat
/// each other when 0.8 of their runs of four characters are common (MinHash, case and punctuation
/// aside) and the words that turn a meaning round agree, in order: negations, words of order and
/// condition, numbers and names with a digit or an underscore.
std::vector<std::size_t> TextDuplicateLeaders(const std::vector<std::string>& texts);

}  // namespace kedge::agent_ref
