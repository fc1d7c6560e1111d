#include "harness/core/utf8.h"
#include "harness/text/decoders.h"

namespace kedge::text {
namespace {

constexpr std::size_t kMinHidden = 4;

bool IsTagCharacter(char32_t c) { return c >= 0xE0020 && c <= 0xE007E; }
bool IsVariationSelector(char32_t c) {
  return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
}

char Spelled(char32_t c) {
  if (IsTagCharacter(c)) return static_cast<char>(c - 0xE0000);
  return static_cast<char>(c <= 0xFE0F ? c - 0xFE00 : c - 0xE0100 + 16);
}

}  // namespace

void DecodeHidden(std::string_view text, MappedText& out) {
  std::size_t run = 0;  // bytes of `out` that belong to the current run
  const auto finish = [&](std::size_t at) {
    if (run > 0 && run < kMinHidden) {
      out.text.resize(out.text.size() - run);
      out.origin.resize(out.text.size());
    } else if (run > 0) {
      out.Append('\n', at);
    }
    run = 0;
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0xEF) {  // all carriers begin with EF or F3
      finish(at);
      ++at;
      continue;
    }
    const CodePoint point = DecodeUtf8(text, at);
    if (point.valid && (IsTagCharacter(point.value) || IsVariationSelector(point.value))) {
      out.Append(Spelled(point.value), at);
      ++run;
    } else {
      finish(at);
    }
    at += point.length;
  }
  finish(text.size());
}

}  // namespace kedge::text
