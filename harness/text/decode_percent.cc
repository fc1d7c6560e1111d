#include "harness/text/ascii.h"
#include "harness/text/decoders.h"
#include "harness/text/escape_clusters.h"

namespace kedge::text {
namespace {

// The place was checked to be followed by two hexadecimal digits.
EscapeSequence ParsePercent(std::string_view text, std::size_t at) {
  const int value = HexDigitValue(text[at + 1]) * 16 + HexDigitValue(text[at + 2]);
  EscapeSequence out;
  out.length = 3;
  out.bytes.push_back(static_cast<char>(value));
  out.weight = kClusterWeight;
  return out;
}

}  // namespace

void DecodePercent(std::string_view text, const std::vector<std::uint32_t>& places,
                   MappedText& out) {
  DecodeClusters(text, places, ParsePercent, out);
}

}  // namespace kedge::text
