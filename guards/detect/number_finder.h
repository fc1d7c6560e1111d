#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace kedge::guards {

/// A group of digits with single separators between them, such as `4111 1111-1111 1111`.
struct DigitGroup {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t digits = 0;
};

/// Appends the groups of `text` with at least 7 digits, in order. Separators are one blank, `-` or
/// `.` (two blanks count too). `digits` gets a bit for each byte, 64 to a word: whether it is a
/// digit. O(bytes).
void FindDigitGroups(std::string_view text, std::vector<DigitGroup>& groups,
                     std::vector<std::uint64_t>& digits);

/// A byte range; empty when there is nothing.
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool empty() const { return begin == end; }
};

/// A payment card number inside the group: an issuer's prefix and length and Luhn.
ByteRange FindCard(std::string_view text, const DigitGroup& group);
/// A US social security number `ddd-dd-dddd` inside the group that the SSA could have issued.
ByteRange FindSsn(std::string_view text, const DigitGroup& group);
/// An IPv4 address in dotted decimals that fills the group.
ByteRange FindIpv4(std::string_view text, const DigitGroup& group);
/// Appends the places of the first check digit where an IBAN may begin: two letters at the
/// beginning of a word, then two digits. O(bytes).
void FindIbanStarts(std::string_view text, std::vector<std::uint32_t>& starts);
/// An IBAN whose first check digit stands at `digit`, where two letters come before it.
ByteRange FindIban(std::string_view text, std::size_t digit);
/// An e-mail address around the `@` at `at`.
ByteRange FindEmail(std::string_view text, std::size_t at);

}  // namespace kedge::guards
