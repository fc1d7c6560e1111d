#include "harness/text/text_signs.h"

#include <algorithm>
#include <bit>

#include "harness/text/ascii.h"
#include "harness/text/byte_masks.h"

namespace kedge::text {
namespace {

constexpr std::size_t kMinRun = 15;  // base64 of eleven bytes, without its padding
// Blocks overlap, so that a short shape is always whole in one of them.
constexpr std::size_t kStride = 48;

bool IsRunByte(char c) { return IsAsciiAlnum(c) || c == '+' || c == '/' || c == '-' || c == '_'; }

void NoteEscape(std::string_view text, std::size_t at, TextSigns& signs) {
  if (at + 2 >= text.size()) return;
  const char next = text[at + 1];
  const auto place = static_cast<std::uint32_t>(at);
  if (text[at] == '%' && HexDigitValue(next) >= 0 && HexDigitValue(text[at + 2]) >= 0) {
    signs.percents.push_back(place);
  } else if (text[at] == '&' && (next == '#' || (IsAsciiAlnum(next) && next > '9'))) {
    signs.entities.push_back(place);
  } else if (text[at] == '\\' && (next == 'u' || next == 'x')) {
    signs.escapes.push_back(place);
  }
}

// Adds the whole run around byte `at` unless it is the last one already.
void NoteRun(std::string_view text, std::size_t at, TextSigns& signs) {
  if (!signs.runs.empty() && at < signs.runs.back().end) return;
  std::size_t begin = at, end = at;
  while (begin > 0 && IsRunByte(text[begin - 1])) --begin;
  while (end < text.size() && IsRunByte(text[end])) ++end;
  signs.runs.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
}

// Bits where kMinRun consecutive bits begin.
std::uint64_t RunStarts(std::uint64_t bits) {
  bits &= bits >> 1;
  bits &= bits >> 2;
  bits &= bits >> 4;
  return bits & (bits >> 7);
}

bool HasSpacedLetters(std::uint64_t alnum) {
  const std::uint64_t single = alnum & ~(alnum << 1) & ~(alnum >> 1);
  const std::uint64_t pairs = single & (single >> 2);
  return (pairs & (pairs >> 4)) != 0;
}

}  // namespace

void FindSigns(std::string_view text, TextSigns& signs) {
  signs.ascii = true;
  signs.spaced = false;
  signs.runs.clear();
  signs.percents.clear();
  signs.entities.clear();
  signs.escapes.clear();
  std::uint64_t high = 0;
  for (std::size_t at = 0; at < text.size(); at += kStride) {
    const ByteMasks masks = MasksOf(text.data() + at, std::min<std::size_t>(64, text.size() - at));
    const std::uint64_t alnum = masks.alpha | masks.digit;
    high |= masks.high;
    signs.spaced = signs.spaced || HasSpacedLetters(alnum);
    constexpr std::uint64_t kOwn = (std::uint64_t{1} << kStride) - 1;
    for (std::uint64_t bits = masks.escape & kOwn; bits != 0; bits &= bits - 1) {
      NoteEscape(text, at + static_cast<std::size_t>(std::countr_zero(bits)), signs);
    }
    for (std::uint64_t bits = RunStarts(alnum | masks.glue); bits != 0;) {
      const auto place = static_cast<unsigned>(std::countr_zero(bits));
      NoteRun(text, at + place, signs);
      const std::size_t end = signs.runs.back().end - at;
      bits = end >= 64 ? 0 : bits & (~std::uint64_t{0} << end);
    }
  }
  static_assert(kStride + kMinRun <= 64);
  signs.ascii = high == 0;
}

}  // namespace kedge::text
