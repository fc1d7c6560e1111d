#include "harness/core/utf8.h"
#include "harness/text/ascii.h"
#include "harness/text/decoders.h"
#include "harness/text/escape_clusters.h"

namespace kedge::text {
namespace {

// `digits` hexadecimal digits at `at`; -1 when they are not all there.
std::int32_t ReadHex(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return -1;
  std::int32_t value = 0;
  for (std::size_t i = at; i < at + digits; ++i) {
    const int nibble = HexDigitValue(text[i]);
    if (nibble < 0) return -1;
    value = value * 16 + nibble;
  }
  return value;
}

// Printable ASCII that encoders have no reason to escape.
int WeightOf(char32_t c) {
  if (c >= 0x80) return 1;
  const bool usual = c < 0x20 || c == '<' || c == '>' || c == '&' || c == '\'' || c == '"' ||
                     c == '\\' || c == '/' || c == '=' || c == '+' || c == 0x7F;
  return usual ? 0 : 2;
}

EscapeSequence MakeSequence(std::size_t length, std::int32_t value) {
  EscapeSequence out;
  if (value <= 0 || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return out;
  out.length = length;
  AppendUtf8(static_cast<char32_t>(value), out.bytes);
  out.weight = WeightOf(static_cast<char32_t>(value));
  return out;
}

EscapeSequence ParseBraced(std::string_view text, std::size_t at) {
  const std::size_t close = text.substr(at, 12).find('}');
  if (close == std::string_view::npos || close < 4 || close > 9) return {};
  return MakeSequence(close + 1, ReadHex(text, at + 3, close - 3));
}

EscapeSequence ParseEscapeAt(std::string_view text, std::size_t at) {
  if (text[at + 1] == 'x') return MakeSequence(4, ReadHex(text, at + 2, 2));
  if (at + 2 < text.size() && text[at + 2] == '{') return ParseBraced(text, at);
  const std::int32_t unit = ReadHex(text, at + 2, 4);
  if (unit < 0xD800 || unit > 0xDBFF) return MakeSequence(6, unit);
  const bool pair = text.substr(at + 6, 2) == "\\u";
  const std::int32_t low = pair ? ReadHex(text, at + 8, 4) : -1;
  if (low < 0xDC00 || low > 0xDFFF) return {};
  return MakeSequence(12, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
}

}  // namespace

void DecodeEscapes(std::string_view text, const std::vector<std::uint32_t>& places,
                   MappedText& out) {
  DecodeClusters(text, places, ParseEscapeAt, out);
}

}  // namespace kedge::text
