#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>

#include "guards/detect/checksums.h"

namespace kedge::guards {

/// An identifier without its separators: digits and capital letters, at most 40. Longer ones and
/// other bytes than blanks, `-`, `.`, `/` and `+` make it empty.
class Identifier {
 public:
  explicit Identifier(std::string_view candidate) {
    for (const char c : candidate) {
      if (c == ' ' || c == '-' || c == '.' || c == '/' || c == '+' || c == '(' || c == ')')
        continue;
      const bool digit = c >= '0' && c <= '9';
      const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      if ((!digit && (upper < 'A' || upper > 'Z')) || size_ == bytes_.size()) {
        size_ = 0;
        return;
      }
      bytes_[size_++] = upper;
    }
  }

  std::size_t size() const { return size_; }
  char operator[](std::size_t i) const { return bytes_[i]; }
  std::string_view text() const { return {bytes_.data(), size_}; }
  /// 0-9 for digits, 10-35 for letters.
  int Value(std::size_t i) const {
    return bytes_[i] <= '9' ? bytes_[i] - '0' : bytes_[i] - 'A' + 10;
  }
  bool IsDigits(std::size_t begin, std::size_t end) const {
    if (end > size_) return false;
    for (std::size_t i = begin; i < end; ++i) {
      if (bytes_[i] > '9') return false;
    }
    return true;
  }
  /// Exactly `digits` digits and nothing else.
  bool IsNumber(std::size_t digits) const { return size_ == digits && IsDigits(0, digits); }
  /// The number that digits [begin, end) write; at most 18 of them.
  long long Number(std::size_t begin, std::size_t end) const {
    long long value = 0;
    for (std::size_t i = begin; i < end; ++i) value = value * 10 + Value(i);
    return value;
  }
  /// Sum of weights times values from character `begin` on.
  int Weighted(std::initializer_list<int> weights, std::size_t begin = 0) const {
    int sum = 0;
    std::size_t i = begin;
    for (const int weight : weights) sum += weight * Value(i++);
    return sum;
  }
  /// A day of the month and a month that exist.
  bool IsDate(std::size_t day, std::size_t month) const {
    const long long d = Number(day, day + 2), m = Number(month, month + 2);
    return d >= 1 && d <= 31 && m >= 1 && m <= 12;
  }
  /// All characters alike: typed in as a placeholder.
  bool IsUniform() const { return text().find_first_not_of(bytes_[0]) == std::string_view::npos; }

 private:
  std::array<char, 40> bytes_{};
  std::size_t size_ = 0;
};

/// The remainder of the characters' digits (letters as two digits) modulo 97, as ISO 7064 has it.
int Mod97(const Identifier& id, std::size_t begin, std::size_t end);
/// ISO 7064 MOD 11,10 over digits; the last one is the check digit.
bool Mod11_10(const Identifier& id);
/// Luhn over the last `digits` digits of an identifier.
bool LuhnOver(const Identifier& id, std::size_t begin, std::size_t end);

struct NamedChecksum {
  std::string_view name;
  Checksum valid;
};
/// Tables by region; each in its own file.
const std::array<NamedChecksum, 8>& GeneralChecksums();
const std::array<NamedChecksum, 42>& EuropeanChecksums();
const std::array<NamedChecksum, 36>& OtherChecksums();

}  // namespace kedge::guards
