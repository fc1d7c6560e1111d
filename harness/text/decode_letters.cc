#include <algorithm>
#include <array>

#include "harness/core/utf8.h"
#include "harness/text/ascii.h"
#include "harness/text/decoders.h"

namespace kedge::text {
namespace {

constexpr std::size_t kMinSpaced = 6;

char Rotate(char c) {
  if (!IsAsciiLetter(c)) return c;
  const char base = c >= 'a' ? 'a' : 'A';
  return static_cast<char>(base + (c - base + 13) % 26);
}

// Letters that digits and signs imitate; 0 for a character that imitates none.
char Imitated(char c) {
  constexpr std::string_view kSigns = "0134578@$!|+9";
  constexpr std::string_view kMeant = "oieastbasiltg";
  const std::size_t at = kSigns.find(c);
  return at == std::string_view::npos ? '\0' : kMeant[at];
}

bool IsLeetWordByte(char c) { return IsAsciiLetter(c) || Imitated(c) != '\0'; }

char LeetLetter(std::string_view word, std::size_t at) {
  const char c = word[at];
  const bool doubled = c == '1' && ((at > 0 && word[at - 1] == '1') ||
                                    (at + 1 < word.size() && word[at + 1] == '1'));
  if (doubled) return 'l';
  const char meant = Imitated(c);
  return meant == '\0' ? c : meant;
}

constexpr std::array<bool, 256> MakeSpacers() {
  std::array<bool, 256> out{};
  for (const char c : {' ', '\t', '\n', '.', '-', '_', '*', '|', '~', '/'}) {
    out[static_cast<unsigned char>(c)] = true;
  }
  return out;
}
constexpr std::array<bool, 256> kSpacers = MakeSpacers();

bool IsSpacer(char c) { return kSpacers[static_cast<unsigned char>(c)]; }

// A spaced run: characters at begin, begin + 2, ..., between equal separators; two or three
// separators end a word.
struct SpacedRun {
  MappedText letters;
  std::size_t count = 0;
  std::size_t end = 0;
};

SpacedRun ReadSpaced(std::string_view text, std::size_t begin) {
  SpacedRun run;
  const char separator = text[begin + 1];
  std::size_t at = begin;
  while (at < text.size() && text[at] != separator && static_cast<unsigned char>(text[at]) > ' ') {
    const std::size_t after = std::min(text.find_first_not_of(separator, at + 1), text.size());
    if (after == at + 1 && after < text.size()) break;  // two characters together
    run.letters.Append(text[at], at);
    ++run.count;
    run.end = at + 1;
    if (after - at > 4) break;
    if (after - at > 2) run.letters.Append(' ', at + 1);
    at = after;
  }
  return run;
}

}  // namespace

void DecodeRot13(std::string_view text, MappedText& out) {
  for (std::size_t i = 0; i < text.size(); ++i) out.Append(Rotate(text[i]), i);
}

void DecodeReversed(std::string_view text, MappedText& out) {
  std::size_t end = text.size();
  while (end > 0) {
    std::size_t begin = end - 1;
    while (begin > 0 && end - begin < 4 &&
           (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) {
      --begin;
    }
    out.Append(text.substr(begin, end - begin), begin);
    end = begin;
  }
}

void DecodeLeet(std::string_view text, MappedText& out) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    bool letters = false;
    for (; end < text.size() && IsLeetWordByte(text[end]); ++end) {
      letters = letters || IsAsciiLetter(text[end]);
    }
    const std::string_view word = text.substr(at, end - at);
    for (std::size_t i = 0; i < word.size(); ++i) {
      out.Append(letters ? LeetLetter(word, i) : word[i], at + i);
    }
    at = end;
    if (at < text.size()) {
      out.Append(text[at], at);
      ++at;
    }
  }
}

void DecodeSpaced(std::string_view text, MappedText& out) {
  for (std::size_t at = 0; at + 2 < text.size();) {
    const bool starts = IsSpacer(text[at + 1]) && !IsSpacer(text[at]) &&
                        (at == 0 || IsSpacer(text[at - 1]) || !IsAsciiLetter(text[at - 1]));
    if (!starts) {
      ++at;
      continue;
    }
    const SpacedRun run = ReadSpaced(text, at);
    if (run.count >= kMinSpaced) {
      for (std::size_t i = 0; i < run.letters.text.size(); ++i) {
        out.Append(run.letters.text[i], run.letters.origin[i]);
      }
      out.Append('\n', run.end);
    }
    at = std::max(run.end, at + 1);
  }
}

}  // namespace kedge::text
