#include "guards/labels/tokens.h"

#include <algorithm>

namespace kedge::guards {
namespace {

constexpr std::string_view kSeparators = " \t\n\r\v\f\"'`<>()[]{},;|";
constexpr std::string_view kPieceSeparators = ":=&?#/\\";
constexpr std::string_view kTrimmedInFront = ".:!?*~-/=#&";
constexpr std::string_view kTrimmedBehind = ".:!?*~-/=#&";

std::string_view Trimmed(std::string_view word) {
  const std::size_t begin = word.find_first_not_of(kTrimmedInFront);
  if (begin == word.npos) return {};
  return word.substr(begin, word.find_last_not_of(kTrimmedBehind) + 1 - begin);
}

std::vector<std::string_view> Split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> out;
  std::size_t at = text.find_first_not_of(separators);
  while (at != text.npos) {
    const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
    if (const auto word = Trimmed(text.substr(at, end - at)); !word.empty()) out.push_back(word);
    at = text.find_first_not_of(separators, end);
  }
  return out;
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

}  // namespace

std::vector<std::string_view> WordsOf(std::string_view folded) {
  return Split(folded, kSeparators);
}

std::vector<std::string_view> PiecesOf(std::string_view word) {
  if (word.find_first_of(kPieceSeparators) == word.npos) return {};
  return Split(word, kPieceSeparators);
}

std::string_view WithoutScheme(std::string_view word) {
  for (const std::string_view scheme : {"https://", "http://", "mailto:"}) {
    if (word.substr(0, scheme.size()) == scheme) return word.substr(scheme.size());
  }
  return word;
}

std::size_t CharactersOf(std::string_view word) {
  return static_cast<std::size_t>(std::count_if(word.begin(), word.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool IsLink(std::string_view word) {
  if (word.find('@') != word.npos || word.find("://") != word.npos) return true;
  if (word.substr(0, 4) == "www.") return true;
  // A host: a dot with letters on both sides, the last part of two letters or more.
  const std::string_view host = word.substr(0, word.find_first_of("/:?#"));
  const std::size_t dot = host.rfind('.');
  if (dot == host.npos || dot == 0 || host.size() - dot < 3) return false;
  const std::string_view top = host.substr(dot + 1);
  return std::all_of(top.begin(), top.end(), IsLetter) &&
         std::any_of(host.begin(), host.begin() + static_cast<std::ptrdiff_t>(dot), IsLetter);
}

bool IsIdentifier(std::string_view word) {
  return IsLink(word) || word.find_first_of("0123456789_") != word.npos;
}

}  // namespace kedge::guards
