#include <array>
#include <string>

#include "harness/core/utf8.h"
#include "harness/text/decoders.h"
#include "harness/text/plausible_text.h"

namespace kedge::text {
namespace {

constexpr std::size_t kMinDecoded = 9;

constexpr std::array<std::int8_t, 256> MakeSextets() {
  std::array<std::int8_t, 256> out{};
  for (auto& value : out) value = -1;
  for (int i = 0; i < 26; ++i) {
    out[static_cast<std::size_t>('A' + i)] = static_cast<std::int8_t>(i);
    out[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(26 + i);
  }
  for (int i = 0; i < 10; ++i)
    out[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(52 + i);
  out['+'] = out['-'] = 62;
  out['/'] = out['_'] = 63;
  return out;
}
constexpr std::array<std::int8_t, 256> kSextets = MakeSextets();

std::uint32_t Sextet(char c) {
  return static_cast<std::uint32_t>(kSextets[static_cast<unsigned char>(c)]);
}

// Whether the first three bytes are printable ASCII or a UTF-8 lead: most names are not.
bool BeginsLikeText(std::string_view run) {
  if (run.size() < 4) return false;
  const std::uint32_t bits =
      Sextet(run[0]) << 18 | Sextet(run[1]) << 12 | Sextet(run[2]) << 6 | Sextet(run[3]);
  PlausibleText plausible;
  return plausible.Accept(static_cast<char>(bits >> 16 & 0xFF)) &&
         plausible.Accept(static_cast<char>(bits >> 8 & 0xFF)) &&
         plausible.Accept(static_cast<char>(bits & 0xFF));
}

// Decodes `run` (alphabet bytes only); empty when it is not text.
std::string DecodeRun(std::string_view run) {
  if (!BeginsLikeText(run)) return {};
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  PlausibleText plausible;
  for (const char c : run) {
    bits = (bits << 6) | Sextet(c);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    const char byte = static_cast<char>((bits >> held) & 0xFF);
    if (!plausible.Accept(byte)) return {};
    out.push_back(byte);
  }
  return out.size() >= kMinDecoded && plausible.Finish(out) ? out : std::string();
}

// The run may begin with letters that are no part of the encoding (`data/aWdub3Jl`).
std::string DecodeAnyAlignment(std::string_view run) {
  for (std::size_t skip = 0; skip < 4 && skip < run.size(); ++skip) {
    if (std::string out = DecodeRun(run.substr(skip)); !out.empty()) return out;
  }
  return {};
}

// Encoders break lines after a multiple of four characters.
bool Continues(std::string_view text, const Span& before, const Span& after) {
  if ((before.end - before.begin) % 4 != 0 || after.begin - before.end > 2) return false;
  for (std::size_t i = before.end; i < after.begin; ++i) {
    if (text[i] != '\n' && text[i] != '\r') return false;
  }
  return true;
}

}  // namespace

void DecodeBase64(std::string_view text, const std::vector<Span>& runs, MappedText& out) {
  const Span* before = nullptr;
  for (const Span& run : runs) {
    const std::string decoded = DecodeAnyAlignment(text.substr(run.begin, run.end - run.begin));
    if (decoded.empty()) {
      before = nullptr;
      continue;
    }
    if (before != nullptr && !Continues(text, *before, run)) before = nullptr;
    if (before == nullptr && !out.text.empty()) out.Append('\n', run.begin);
    out.Append(decoded, run.begin);
    before = &run;
  }
  if (!runs.empty() && !out.text.empty()) out.Append('\n', runs.back().end);
}

}  // namespace kedge::text
