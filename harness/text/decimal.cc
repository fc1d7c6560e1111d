#include "harness/text/decimal.h"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace kedge::text {
namespace {

// coefficient * 10^exponent, coefficient below 10^17.
struct Decimal {
  std::uint64_t coefficient = 0;
  int exponent = 0;
};

Decimal ShortestDecimal(double value) {
  char buffer[40];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, std::fabs(value), std::chars_format::scientific)
          .ptr;
  Decimal out;
  const char* at = buffer;
  bool after_point = false;
  for (; at != end && *at != 'e'; ++at) {
    if (*at == '.') {
      after_point = true;
      continue;
    }
    out.coefficient = out.coefficient * 10 + static_cast<std::uint64_t>(*at - '0');
    if (after_point) --out.exponent;
  }
  int written = 0;
  const char* digits = at + 1;
  if (digits < end && *digits == '+') ++digits;
  std::from_chars(digits, end, written);
  out.exponent += written;
  return out;
}

__extension__ using WideInt = unsigned __int128;

std::uint64_t TimesPowerOfTenModulo(std::uint64_t value, int power, std::uint64_t modulus) {
  WideInt result = value % modulus;
  WideInt base = 10 % modulus;
  for (int left = power; left > 0; left >>= 1) {
    if (left & 1) result = result * base % modulus;
    base = base * base % modulus;
  }
  return static_cast<std::uint64_t>(result);
}

}  // namespace

bool IsDecimalMultiple(double value, double divisor) {
  if (value == 0) return true;
  const Decimal dividend = ShortestDecimal(value);
  const Decimal unit = ShortestDecimal(divisor);
  const int shift = dividend.exponent - unit.exponent;
  if (shift >= 0) return TimesPowerOfTenModulo(dividend.coefficient, shift, unit.coefficient) == 0;
  // dividend.coefficient must be a multiple of unit.coefficient * 10^-shift.
  WideInt scaled = unit.coefficient;
  for (int i = shift; i < 0; ++i) {
    scaled *= 10;
    if (scaled > dividend.coefficient) return false;
  }
  return dividend.coefficient % static_cast<std::uint64_t>(scaled) == 0;
}

}  // namespace kedge::text
