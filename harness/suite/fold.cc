#include "harness/suite/fold.h"

namespace kedge::suite {
namespace {

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWordCharacter(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z'); }

char At(std::string_view text, std::size_t index) {
  return index < text.size() ? text[index] : ' ';
}

// A digit continues the number at `begin` to the left: "1|2", "1.|2", "1,|2".
bool CutsNumberBefore(std::string_view text, std::size_t begin) {
  if (begin == 0 || !IsDigit(text[begin])) return false;
  const char left = text[begin - 1];
  if (IsDigit(left)) return true;
  return (left == '.' || left == ',') && begin >= 2 && IsDigit(text[begin - 2]);
}

bool CutsNumberAfter(std::string_view text, std::size_t end) {
  if (!IsDigit(text[end - 1])) return false;
  const char right = At(text, end);
  if (IsDigit(right)) return true;
  return (right == '.' || right == ',') && IsDigit(At(text, end + 1));
}

template <typename Accept>
bool FindFolded(std::string_view text, std::string_view part, Accept accept) {
  const std::string haystack = Fold(text);
  const std::string needle = Fold(part);
  if (needle.empty()) return false;
  for (std::size_t at = haystack.find(needle); at != std::string::npos;
       at = haystack.find(needle, at + 1)) {
    if (accept(haystack, at, at + needle.size())) return true;
  }
  return false;
}

}  // namespace

std::string Fold(std::string_view text) {
  std::string folded;
  for (const char c : text) {
    if (IsSpace(c)) {
      if (!folded.empty() && folded.back() != ' ') folded += ' ';
    } else {
      folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
  }
  if (!folded.empty() && folded.back() == ' ') folded.pop_back();
  return folded;
}

bool ContainsText(std::string_view text, std::string_view part) {
  return FindFolded(text, part, [](const std::string& all, std::size_t begin, std::size_t end) {
    return !CutsNumberBefore(all, begin) && !CutsNumberAfter(all, end);
  });
}

bool ContainsWord(std::string_view text, std::string_view word) {
  return FindFolded(text, word, [](const std::string& all, std::size_t begin, std::size_t end) {
    return (begin == 0 || !IsWordCharacter(all[begin - 1])) && !IsWordCharacter(At(all, end));
  });
}

}  // namespace kedge::suite
