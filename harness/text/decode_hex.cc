#include <string>

#include "harness/text/ascii.h"
#include "harness/text/decoders.h"
#include "harness/text/plausible_text.h"

namespace kedge::text {
namespace {

constexpr std::size_t kMinHexDecoded = 8;

std::string DecodePairs(std::string_view digits) {
  std::string out;
  PlausibleText plausible;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    const int high = HexDigitValue(digits[i]), low = HexDigitValue(digits[i + 1]);
    if (high < 0 || low < 0) return {};
    const char byte = static_cast<char>(high * 16 + low);
    if (!plausible.Accept(byte)) return {};
    out.push_back(byte);
  }
  return out.size() >= kMinHexDecoded && plausible.Finish(out) ? out : std::string();
}

}  // namespace

void DecodeHex(std::string_view text, const std::vector<Span>& runs, MappedText& out) {
  for (const Span& run : runs) {
    std::string_view digits = text.substr(run.begin, run.end - run.begin);
    if (digits.starts_with("0x") || digits.starts_with("0X")) digits.remove_prefix(2);
    if (digits.size() % 2 != 0) continue;
    const std::string decoded = DecodePairs(digits);
    if (decoded.empty()) continue;
    out.Append(decoded, run.begin);
    out.Append('\n', run.end);
  }
}

}  // namespace kedge::text
