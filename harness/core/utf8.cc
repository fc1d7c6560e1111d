#include "harness/core/utf8.h"

#include <cstdint>
#include <cstring>

namespace kedge {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

// What a lead byte announces: how many bytes, and the range of the second (Unicode, table 3-7).
struct LeadByte {
  unsigned length;
  unsigned char low, high;
};

LeadByte ReadLead(unsigned char lead) {
  if (lead < 0xC2) return {0, 0, 0};
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead < 0xF4) return {4, 0x80, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

// How many bytes from `at` are ASCII, eight at a time.
std::size_t AsciiRun(std::string_view text, std::size_t at) {
  const std::size_t start = at;
  while (at + 8 <= text.size()) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    if ((word & 0x8080808080808080) != 0) break;
    at += 8;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at - start;
}

bool IsBidiControl(char32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

bool NeedsEscape(char32_t c) {
  if (c < 0x20) return c != '\n' && c != '\t';
  return (c >= 0x7F && c <= 0x9F) || IsBidiControl(c) || c == 0xFFFE || c == 0xFFFF;
}

void AppendVisible(char32_t c, std::string& out) {
  constexpr char kHex[] = "0123456789ABCDEF";
  out += "\\u{";
  bool started = false;
  for (int shift = 20; shift >= 0; shift -= 4) {
    const unsigned digit = c >> shift & 15;
    started = started || digit != 0 || shift == 0;
    if (started) out += kHex[digit];
  }
  out += '}';
}

}  // namespace

CodePoint DecodeUtf8(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1, true};
  const LeadByte lead = ReadLead(first);
  char32_t value = first & (0x7Fu >> lead.length);
  for (unsigned i = 1; i < lead.length; ++i) {
    const unsigned char low = i == 1 ? lead.low : 0x80, high = i == 1 ? lead.high : 0xBF;
    if (at + i >= text.size() || byte(i) < low || byte(i) > high) return {0xFFFD, i, false};
    value = value << 6 | (byte(i) & 0x3Fu);
  }
  if (lead.length == 0) return {0xFFFD, 1, false};
  return {value, lead.length, true};
}

void AppendUtf8(char32_t c, std::string& out) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

bool IsValidUtf8(std::string_view text) {
  for (std::size_t at = AsciiRun(text, 0); at < text.size(); at += AsciiRun(text, at)) {
    const CodePoint c = DecodeUtf8(text, at);
    if (!c.valid) return false;
    at += c.length;
  }
  return true;
}

std::string ReplaceInvalidUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t run = AsciiRun(text, at);
    out += text.substr(at, run);
    at += run;
    if (at == text.size()) break;
    const CodePoint c = DecodeUtf8(text, at);
    out += c.valid ? text.substr(at, c.length) : kReplacement;
    at += c.length;
  }
  return out;
}

std::string EscapeControls(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = DecodeUtf8(text, at);
    if (!c.valid) {
      out += kReplacement;
    } else if (NeedsEscape(c.value)) {
      AppendVisible(c.value, out);
    } else {
      out += text.substr(at, c.length);
    }
    at += c.length;
  }
  return out;
}

std::string Elide(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  const bool room = max_bytes >= kEllipsis.size();
  std::size_t cut = room ? max_bytes - kEllipsis.size() : max_bytes;
  const auto inside = [&] { return (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80; };
  // A character has at most three continuation bytes; a longer run is not UTF-8 and cut anywhere.
  for (int back = 0; back < 3 && cut > 0 && inside(); ++back) --cut;
  return std::string(text.substr(0, cut)).append(room ? kEllipsis : std::string_view());
}

}  // namespace kedge
