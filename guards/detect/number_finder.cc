#include "guards/detect/number_finder.h"

#include <algorithm>
#include <array>
#include <bit>

#include "guards/detect/checksums.h"
#include "harness/text/ascii.h"
#include "harness/text/byte_masks.h"

namespace kedge::guards {
namespace {

constexpr std::uint32_t kMinDigits = 7;
constexpr std::size_t kMaxIban = 34;

bool IsWordEdge(std::string_view text, std::size_t at) {
  return at >= text.size() || !(text::IsAsciiAlnum(text[at]) || text[at] == '_');
}
unsigned DigitAt(char c) { return static_cast<unsigned>(c - '0'); }

bool IsDigitSeparator(char c) { return c == ' ' || c == '-' || c == '.'; }

// Collects runs of digits into groups.
class GroupBuilder {
 public:
  GroupBuilder(std::string_view text, std::vector<DigitGroup>& groups)
      : text_(text), groups_(groups) {}

  void AddRun(std::size_t begin, std::size_t end) {
    const std::size_t gap = begin - current_.end;
    const bool joined = current_.digits > 0 && gap <= 2 && IsDigitSeparator(text_[begin - 1]) &&
                        (gap < 2 || (text_[begin - 1] == ' ' && text_[begin - 2] == ' '));
    if (!joined) Finish();
    if (current_.digits == 0) current_.begin = static_cast<std::uint32_t>(begin);
    current_.end = static_cast<std::uint32_t>(end);
    current_.digits += static_cast<std::uint32_t>(end - begin);
  }

  void Finish() {
    if (current_.digits >= kMinDigits) groups_.push_back(current_);
    current_ = {};
  }

 private:
  std::string_view text_;
  std::vector<DigitGroup>& groups_;
  DigitGroup current_;
};

// Issuer ranges of ISO/IEC 7812 as the card schemes publish them.
bool IsIssuer(unsigned prefix4, std::size_t digits) {
  const unsigned prefix2 = prefix4 / 100, prefix3 = prefix4 / 10;
  if (prefix4 / 1000 == 4) return digits == 16 || digits == 13 || digits == 19;  // Visa
  if ((prefix2 >= 51 && prefix2 <= 55) || (prefix4 >= 2221 && prefix4 <= 2720)) return digits == 16;
  if (prefix2 == 34 || prefix2 == 37) return digits == 15;                       // American Express
  if (prefix4 == 6011 || prefix2 == 65 || (prefix3 >= 644 && prefix3 <= 649)) {  // Discover
    return digits == 16 || digits == 19;
  }
  if ((prefix3 >= 300 && prefix3 <= 305) || prefix2 == 36 || prefix2 == 38 || prefix2 == 39) {
    return digits == 14 || digits == 16;  // Diners
  }
  if (prefix4 >= 3528 && prefix4 <= 3589) return digits == 16;              // JCB
  if (prefix2 == 62 || prefix2 == 81) return digits >= 16 && digits <= 19;  // UnionPay
  const bool maestro = prefix4 == 5018 || prefix4 == 5020 || prefix4 == 5038 || prefix4 == 5893 ||
                       prefix4 == 6304 || (prefix4 >= 6759 && prefix4 <= 6763);
  return maestro && digits >= 13 && digits <= 19;
}

// Digits of one candidate with the places they stand at.
struct Digits {
  std::array<char, 20> value{};
  std::array<std::size_t, 20> place{};
  std::size_t size = 0;
};

bool IsCard(const Digits& digits, std::size_t size) {
  const unsigned prefix = DigitAt(digits.value[0]) * 1000 + DigitAt(digits.value[1]) * 100 +
                          DigitAt(digits.value[2]) * 10 + DigitAt(digits.value[3]);
  return IsIssuer(prefix, size) && LuhnValid({digits.value.data(), size}) &&
         std::count(digits.value.begin(), digits.value.begin() + static_cast<std::ptrdiff_t>(size),
                    digits.value[0]) != static_cast<std::ptrdiff_t>(size);
}

// Digits from `begin` on, at most 20, not beyond the group.
Digits Collect(std::string_view text, std::size_t begin, std::size_t end) {
  Digits out;
  for (std::size_t i = begin; i < end && out.size < out.value.size(); ++i) {
    if (!text::IsAsciiDigit(text[i])) continue;
    out.value[out.size] = text[i];
    out.place[out.size++] = i;
  }
  return out;
}

// The longest card that begins at `begin` and ends where a run of digits ends.
ByteRange CardAt(std::string_view text, std::size_t begin, std::size_t end) {
  const Digits digits = Collect(text, begin, end);
  for (std::size_t size = std::min<std::size_t>(19, digits.size); size >= 13; --size) {
    const std::size_t last = digits.place[size - 1];
    if (last + 1 < end && text::IsAsciiDigit(text[last + 1])) continue;
    if (IsCard(digits, size)) return {begin, last + 1};
  }
  return {};
}

bool IsIssuedSsn(std::string_view area, std::string_view group, std::string_view serial) {
  if (area == "000" || area == "666" || area[0] == '9' || group == "00" || serial == "0000") {
    return false;
  }
  // Published numbers that were never, or are no longer, anybody's.
  return !(area == "078" && group == "05" && serial == "1120") &&
         !(area == "219" && group == "09" && serial == "9999") &&
         !(area == "123" && group == "45" && serial == "6789");
}

bool IsLongRun(std::string_view text, std::size_t at) {
  constexpr std::size_t kShortestCard = 13;
  return at + kShortestCard <= text.size() &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                     text.begin() + static_cast<std::ptrdiff_t>(at + kShortestCard),
                     text::IsAsciiDigit);
}

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), text::IsAsciiDigit);
}

bool IsLocalByte(char c) {
  return text::IsAsciiAlnum(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view(".!#$%&*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}
bool IsDomainByte(char c) {
  return text::IsAsciiAlnum(c) || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

void FindDigitGroups(std::string_view text, std::vector<DigitGroup>& groups,
                     std::vector<std::uint64_t>& digits) {
  GroupBuilder builder(text, groups);
  digits.clear();
  std::size_t run_begin = 0;
  bool in_run = false;
  for (std::size_t at = 0; at < text.size(); at += 64) {
    const std::uint64_t digit =
        text::DigitMask(text.data() + at, std::min<std::size_t>(64, text.size() - at));
    digits.push_back(digit);
    // Bits where a run begins or ends.
    std::uint64_t edges = digit ^ ((digit << 1) | std::uint64_t{in_run});
    for (; edges != 0; edges &= edges - 1) {
      const std::size_t place = at + static_cast<std::size_t>(std::countr_zero(edges));
      if (in_run) {
        builder.AddRun(run_begin, place);
      } else {
        run_begin = place;
      }
      in_run = !in_run;
    }
  }
  if (in_run) builder.AddRun(run_begin, text.size());
  builder.Finish();
}

ByteRange FindCard(std::string_view text, const DigitGroup& group) {
  constexpr int kMaxStarts = 8;  // a card may follow other numbers of its group
  if (group.digits < 13) return {};
  int starts = 0;
  for (std::size_t at = group.begin; at < group.end && starts < kMaxStarts; ++at) {
    const bool run_start =
        text::IsAsciiDigit(text[at]) && (at == 0 || !text::IsAsciiDigit(text[at - 1]));
    if (!run_start) continue;
    ++starts;
    if (at > 0 && (text::IsAsciiAlnum(text[at - 1]) || text[at - 1] == '_')) continue;
    if (at > 0 && text[at - 1] == '.' && IsLongRun(text, at)) continue;  // a fraction
    const ByteRange card = CardAt(text, at, group.end);
    if (!card.empty() && IsWordEdge(text, card.end)) return card;
  }
  return {};
}

ByteRange FindSsn(std::string_view text, const DigitGroup& group) {
  constexpr std::size_t kLength = 11;
  for (std::size_t at = group.begin; at + kLength <= group.end; ++at) {
    if (at > 0 && (text::IsAsciiAlnum(text[at - 1]) || text[at - 1] == '_')) continue;
    if (at > group.begin && text[at - 1] == '-') continue;
    const std::string_view all = text.substr(at, kLength);
    const bool shaped = IsDigitSeparator(all[3]) && all[6] == all[3] &&
                        AllDigits(all.substr(0, 3)) && AllDigits(all.substr(4, 2)) &&
                        AllDigits(all.substr(7));
    if (!shaped || !IsWordEdge(text, at + kLength)) continue;
    if (at + kLength < group.end && text[at + kLength] == all[3]) continue;  // goes on
    if (IsIssuedSsn(all.substr(0, 3), all.substr(4, 2), all.substr(7))) return {at, at + kLength};
  }
  return {};
}

ByteRange FindIpv4(std::string_view text, const DigitGroup& group) {
  if (!IsWordEdge(text, group.end) || (group.begin > 0 && !IsWordEdge(text, group.begin - 1))) {
    return {};
  }
  unsigned octets = 0, value = 0, digits = 0;
  for (std::size_t at = group.begin; at <= group.end; ++at) {
    if (at < group.end && text::IsAsciiDigit(text[at])) {
      value = value * 10 + DigitAt(text[at]);
      if (++digits > 3 || value > 255) return {};
      continue;
    }
    if (at < group.end && text[at] != '.') return {};
    ++octets;
    value = digits = 0;
  }
  return octets == 4 ? ByteRange{group.begin, group.end} : ByteRange{};
}

void FindIbanStarts(std::string_view text, std::vector<std::uint32_t>& starts) {
  constexpr std::size_t kStride = 62;  // blocks overlap by two bytes: both check digits are seen
  std::uint64_t one = 0, two = 0, three = 0;  // bits carried over from the block before
  for (std::size_t at = 0; at < text.size(); at += kStride) {
    const text::ByteMasks masks =
        text::MasksOf(text.data() + at, std::min<std::size_t>(64, text.size() - at));
    constexpr std::uint64_t kOwn = (std::uint64_t{1} << kStride) - 1;
    const std::uint64_t word = masks.alpha | masks.digit;
    std::uint64_t found = masks.digit & (masks.digit >> 1) & ((masks.alpha << 1) | one) &
                          ((masks.alpha << 2) | two) & ~((word << 3) | three) & kOwn;
    for (; found != 0; found &= found - 1) {
      starts.push_back(static_cast<std::uint32_t>(at) +
                       static_cast<std::uint32_t>(std::countr_zero(found)));
    }
    one = (masks.alpha >> (kStride - 1)) & 1;
    two = (masks.alpha >> (kStride - 2)) & 3;
    three = (word >> (kStride - 3)) & 7;
  }
}

ByteRange FindIban(std::string_view text, std::size_t digit) {
  if (digit < 2 || (digit > 2 && !IsWordEdge(text, digit - 3))) return {};
  const char country[2] = {text::AsciiUpper(text[digit - 2]), text::AsciiUpper(text[digit - 1])};
  const unsigned length = IbanLength({country, 2});
  if (length == 0) return {};
  std::size_t end = digit - 2;
  unsigned taken = 0;
  for (; end < text.size() && taken < length && end < digit + 2 * kMaxIban; ++end) {
    if (text::IsAsciiAlnum(text[end])) {
      ++taken;
    } else if (text[end] != ' ' && text[end] != '-') {
      return {};
    }
  }
  if (taken != length || !IsWordEdge(text, end)) return {};
  const ByteRange range{digit - 2, end};
  return IbanValid(text.substr(range.begin, range.end - range.begin)) ? range : ByteRange{};
}

ByteRange FindEmail(std::string_view text, std::size_t at) {
  constexpr std::size_t kMaxLocal = 64, kMaxDomain = 253;
  std::size_t begin = at, end = at + 1;
  while (begin > 0 && at - begin < kMaxLocal && IsLocalByte(text[begin - 1])) --begin;
  while (begin < at && !text::IsAsciiAlnum(text[begin]) && text[begin] != '_' &&
         static_cast<unsigned char>(text[begin]) < 0x80) {
    ++begin;
  }
  while (end < text.size() && end - at <= kMaxDomain && IsDomainByte(text[end])) ++end;
  while (end > at + 1 && !text::IsAsciiAlnum(text[end - 1]) &&
         static_cast<unsigned char>(text[end - 1]) < 0x80) {
    --end;
  }
  if (begin == at || end == at + 1) return {};
  const std::string_view domain = text.substr(at + 1, end - at - 1);
  const std::size_t dot = domain.rfind('.');
  const bool sound = dot != std::string_view::npos && dot > 0 && domain.size() - dot > 2 &&
                     domain.find("..") == std::string_view::npos &&
                     !text::IsAsciiDigit(domain[dot + 1]) && domain.front() != '-' &&
                     text[at - 1] != '.';
  return sound ? ByteRange{begin, end} : ByteRange{};
}

}  // namespace kedge::guards
