#include "harness/suite/scorers/numbers.h"

#include <charconv>
#include <string>

namespace kedge::suite {
namespace {

bool IsFigure(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

char CharAt(std::string_view text, std::size_t index) {
  return index < text.size() ? text[index] : ' ';
}

bool ThousandsFollow(std::string_view text, std::size_t comma) {
  return CharAt(text, comma) == ',' && IsFigure(CharAt(text, comma + 1)) &&
         IsFigure(CharAt(text, comma + 2)) && IsFigure(CharAt(text, comma + 3)) &&
         !IsFigure(CharAt(text, comma + 4));
}

// Copies the number that starts at `at` without its thousands separators; moves `at` behind it.
std::string TakeNumber(std::string_view text, std::size_t& at) {
  std::string number;
  while (IsFigure(CharAt(text, at)) || ThousandsFollow(text, at)) {
    if (text[at] != ',') number += text[at];
    ++at;
  }
  if (CharAt(text, at) == '.' && IsFigure(CharAt(text, at + 1))) {
    do number += text[at++];
    while (IsFigure(CharAt(text, at)));
  }
  const char e = CharAt(text, at);
  const char sign = CharAt(text, at + 1);
  const std::size_t digits = at + (sign == '-' || sign == '+' ? 2 : 1);
  if ((e == 'e' || e == 'E') && IsFigure(CharAt(text, digits))) {
    number += 'e';
    if (sign == '-') number += '-';
    for (at = digits; IsFigure(CharAt(text, at)); ++at) number += text[at];
  }
  return number;
}

bool InsideWord(std::string_view text, std::size_t begin) {
  return begin > 0 && IsLetter(text[begin - 1]);
}

// "-5" is negative, the "-5" of "3-5" and of "A-5" is not.
bool IsNegative(std::string_view text, std::size_t begin) {
  if (begin == 0 || text[begin - 1] != '-') return false;
  return begin < 2 || (!IsFigure(text[begin - 2]) && !IsLetter(text[begin - 2]));
}

}  // namespace

std::vector<double> NumbersIn(std::string_view text) {
  std::vector<double> numbers;
  for (std::size_t at = 0; at < text.size();) {
    if (!IsFigure(text[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    const std::string number = TakeNumber(text, at);
    double value = 0;
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
    const bool inside = InsideWord(text, begin) || IsLetter(CharAt(text, at));
    while (inside && (IsLetter(CharAt(text, at)) || IsFigure(CharAt(text, at)))) ++at;
    if (parsed.ec != std::errc() || inside) continue;
    numbers.push_back(IsNegative(text, begin) ? -value : value);
  }
  return numbers;
}

}  // namespace kedge::suite
