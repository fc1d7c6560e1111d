#include "harness/core/json_number.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <system_error>

namespace kedge {
namespace {

std::size_t DigitRun(std::string_view text, std::size_t at) {
  const std::size_t start = at;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at - start;
}

template <typename Number>
bool ReadAs(std::string_view literal, Json& out) {
  Number value{};
  const auto [end, error] = std::from_chars(literal.data(), literal.data() + literal.size(), value);
  if (error != std::errc() || end != literal.data() + literal.size()) return false;
  out = value;
  return true;
}

// Decimal digits d1 d2 ... of a positive number d1.d2... x 10^exponent.
struct ShortestDigits {
  std::string digits;
  int exponent;
};

ShortestDigits ShortestOf(double magnitude) {
  char text[32];
  const auto [end, error] =
      std::to_chars(text, text + sizeof text, magnitude, std::chars_format::scientific);
  const std::string_view all(text, static_cast<std::size_t>(end - text));
  const std::size_t mark = all.find('e');
  std::string digits(1, all[0]);
  if (mark > 2) digits += all.substr(2, mark - 2);
  int exponent = 0;
  const bool plus = all[mark + 1] == '+';  // which from_chars does not read
  std::from_chars(text + mark + (plus ? 2 : 1), end, exponent);
  return {std::move(digits), exponent};
}

}  // namespace

NumberToken ScanNumber(std::string_view text) {
  NumberToken token;
  std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const std::size_t whole = DigitRun(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return {};
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = DigitRun(text, at + 1);
    if (fraction == 0) return {};
    at += 1 + fraction;
    token.integral = false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = DigitRun(text, at);
    if (exponent == 0) return {};
    at += exponent;
    token.integral = false;
  }
  token.length = at;
  return token;
}

bool ReadNumber(std::string_view literal, bool integral, Json& out) {
  if (integral && (ReadAs<std::int64_t>(literal, out) || ReadAs<std::uint64_t>(literal, out))) {
    return true;
  }
  if (!ReadAs<double>(literal, out)) return false;
  const auto number = out.get<double>();
  if (!integral) return std::isfinite(number);
  std::string printed;
  if (std::isfinite(number)) AppendEcmaNumber(number, printed);
  return printed == literal;
}

void AppendEcmaNumber(double value, std::string& out) {
  if (value == 0) {
    out += '0';  // also for -0
    return;
  }
  if (value < 0) out += '-';
  auto [digits, exponent] = ShortestOf(std::fabs(value));
  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // ECMA-262 calls it n
  if (point > 21 || point < -5) {
    out += digits[0];
    if (count > 1) out.append(1, '.').append(digits, 1);
    out += exponent < 0 ? "e-" : "e+";
    out += std::to_string(std::abs(exponent));
  } else if (point <= 0) {
    out.append("0.").append(static_cast<std::size_t>(-point), '0').append(digits);
  } else if (count <= point) {
    out.append(digits).append(static_cast<std::size_t>(point - count), '0');
  } else {
    out.append(digits, 0, static_cast<std::size_t>(point))
        .append(1, '.')
        .append(digits, static_cast<std::size_t>(point));
  }
}

}  // namespace kedge
