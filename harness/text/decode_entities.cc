#include <array>

#include "harness/core/utf8.h"
#include "harness/text/ascii.h"
#include "harness/text/decoders.h"
#include "harness/text/escape_clusters.h"

namespace kedge::text {
namespace {

constexpr std::size_t kMaxLength = 16;

struct Named {
  std::string_view name;
  std::string_view bytes;
  bool suspicious;
};
constexpr std::array<Named, 20> kNamed = {{
    {"lt", "<", false},           {"gt", ">", false},      {"amp", "&", false},
    {"quot", "\"", false},        {"apos", "'", false},    {"nbsp", " ", true},
    {"Tab", "\t", true},          {"NewLine", "\n", true}, {"shy", "", true},
    {"ensp", " ", true},          {"emsp", " ", true},     {"thinsp", " ", true},
    {"ZeroWidthSpace", "", true}, {"zwj", "", true},       {"zwnj", "", true},
    {"colon", ":", true},         {"period", ".", true},   {"commat", "@", true},
    {"lowbar", "_", true},        {"hyphen", "-", true},
}};

bool IsAlnumOrBlank(char32_t c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ';
}

int DigitOf(char c, unsigned base) { return base == 16 || IsAsciiDigit(c) ? HexDigitValue(c) : -1; }

// `at` is behind "&#".
EscapeSequence ParseNumeric(std::string_view text, std::size_t at) {
  const std::size_t begin = at - 2;
  const unsigned base = at < text.size() && (text[at] | 0x20) == 'x' ? 16 : 10;
  if (base == 16) ++at;
  char32_t value = 0;
  const std::size_t first = at;
  for (; at < text.size() && at - first < 8 && DigitOf(text[at], base) >= 0; ++at) {
    value = value * base + static_cast<char32_t>(DigitOf(text[at], base));
  }
  EscapeSequence out;
  if (at == first || value == 0 || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
    return out;
  }
  if (at < text.size() && text[at] == ';') ++at;
  out.length = at - begin;
  AppendUtf8(value, out.bytes);
  out.weight = IsAlnumOrBlank(value) ? kClusterWeight : value >= 0x80 ? 1 : 0;
  return out;
}

EscapeSequence ParseEntity(std::string_view text, std::size_t at) {
  if (text[at + 1] == '#') return ParseNumeric(text, at + 2);
  const std::string_view rest = text.substr(at + 1, kMaxLength);
  EscapeSequence out;
  for (const Named& named : kNamed) {
    if (!rest.starts_with(named.name) || rest.size() == named.name.size() ||
        rest[named.name.size()] != ';') {
      continue;
    }
    out.length = named.name.size() + 2;
    out.bytes = named.bytes;
    out.weight = named.suspicious ? kClusterWeight : 0;
  }
  return out;
}

}  // namespace

void DecodeEntities(std::string_view text, const std::vector<std::uint32_t>& places,
                    MappedText& out) {
  DecodeClusters(text, places, ParseEntity, out);
}

}  // namespace kedge::text
