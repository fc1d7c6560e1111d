#include "harness/text/normal_views.h"

#include <cstring>

#include "harness/core/utf8.h"
#include "harness/text/ascii.h"
#include "harness/text/code_point_forms.h"

namespace kedge::text {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Copies ASCII from `at` on; returns where the first other byte stands.
std::size_t CopyAscii(std::string_view text, std::size_t at, MappedText& out) {
  std::size_t end = at;
  while (end < text.size() && static_cast<unsigned char>(text[end]) < 0x80) ++end;
  out.text.append(text.substr(at, end - at));
  for (std::size_t i = at; i < end; ++i) out.origin.push_back(static_cast<std::uint32_t>(i));
  return end;
}

template <typename FormOf>
MappedText Rewrite(std::string_view text, FormOf form_of) {
  MappedText out;
  out.text.reserve(text.size());
  out.origin.reserve(text.size());
  for (std::size_t at = CopyAscii(text, 0, out); at < text.size(); at = CopyAscii(text, at, out)) {
    const CodePoint point = DecodeUtf8(text, at);
    const std::string_view form = point.valid ? form_of(point.value) : kReplacement;
    out.Append(form, at);
    at += point.length;
  }
  return out;
}

char AsDigit(char c) {
  if (c == 'O' || c == 'o') return '0';
  return c == 'I' || c == 'l' ? '1' : c;
}

// A look-alike beside a digit stands for a digit. ASCII letters of the source stay.
void RepairNumbers(std::string_view source, MappedText& skeleton) {
  std::string& text = skeleton.text;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(source[skeleton.origin[i]]) < 0x80) continue;
    const bool beside =
        (i > 0 && IsAsciiDigit(text[i - 1])) || (i + 1 < text.size() && IsAsciiDigit(text[i + 1]));
    if (beside) text[i] = AsDigit(text[i]);
  }
}

template <typename Emit>
void Fold(std::string_view text, Emit emit) {
  bool after_space = false;
  const auto add = [&](char c, std::size_t from) {
    const bool space = IsAsciiSpace(c);
    if (!space || !after_space) emit(space ? ' ' : c, from);
    after_space = space;
  };
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      add(AsciiLower(text[at]), at);
      ++at;
      continue;
    }
    const CodePoint point = DecodeUtf8(text, at);
    for (const char c : point.valid ? FormsOf(point.value).folded : kReplacement) add(c, at);
    at += point.length;
  }
}

}  // namespace

MappedText StripInvisible(std::string_view text) {
  return Rewrite(text, [](char32_t c) { return FormsOf(c).stripped; });
}

MappedText MakeSkeleton(std::string_view text) {
  MappedText out = Rewrite(text, [](char32_t c) { return FormsOf(c).skeleton; });
  RepairNumbers(text, out);
  return out;
}

void FoldInto(std::string_view text, MappedText& out) {
  Fold(text, [&](char c, std::size_t from) { out.Append(c, from); });
}

void FoldText(std::string_view text, std::string& out) {
  out.resize(text.size());
  std::size_t size = 0;
  bool after_space = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) >= 0x80) {  // rare: begin again, with Unicode
      out.clear();
      Fold(text, [&](char folded, std::size_t) { out.push_back(folded); });
      return;
    }
    const bool space = IsAsciiSpace(c);
    out[size] = space ? ' ' : AsciiLower(c);
    size += space && after_space ? 0 : 1;
    after_space = space;
  }
  out.resize(size);
}

bool IsAsciiText(std::string_view text) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    if ((word & 0x8080808080808080U) != 0) return false;
  }
  for (; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) >= 0x80) return false;
  }
  return true;
}

}  // namespace kedge::text
