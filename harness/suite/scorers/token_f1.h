#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kedge::suite {

/// Words as SQuAD's evaluation takes them (Rajpurkar et al. 2016): lower case, ASCII punctuation
/// removed, the articles a, an, the left out, split at white space.
std::vector<std::string> AnswerTokens(std::string_view text);

/// Harmonic mean of precision and recall over the two bags of tokens; 1 when both are empty.
double TokenF1(std::string_view answer, std::string_view reference);

}  // namespace kedge::suite
