#pragma once

#include <string_view>
#include <vector>

namespace kedge::suite {

/// The numbers in a text, in order: optional sign, digits with `,` between thousands, fraction,
/// exponent. Digits that are part of a word ("W000123") are no number.
std::vector<double> NumbersIn(std::string_view text);

}  // namespace kedge::suite
