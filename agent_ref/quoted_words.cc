#include "agent_ref/quoted_words.h"

#include <algorithm>

#include "agent_ref/name_list.h"
#include "harness/core/utf8.h"

namespace kedge::agent_ref {
namespace {

constexpr std::size_t kMaxWords = 16;
constexpr std::size_t kMaxBytes = 64;
constexpr std::size_t kMaxMessage = 4096;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Part of a word or of an identifier.
bool IsWordChar(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

void AddWord(std::string_view word, std::vector<std::string>& words) {
  if (word.empty() || word.size() > kMaxBytes || words.size() == kMaxWords) return;
  if (std::any_of(word.begin(), word.end(), IsControl) || !IsValidUtf8(word)) return;
  if (!Lists(words, word)) words.emplace_back(word);
}

// An apostrophe within a word quotes nothing.
bool Opens(std::string_view text, std::size_t at) {
  return text[at] != '\'' || at == 0 || !IsWordChar(text[at - 1]);
}

bool Closes(std::string_view text, std::size_t at) {
  return text[at] != '\'' || at + 1 == text.size() || !IsWordChar(text[at + 1]);
}

std::size_t ClosingQuote(std::string_view text, std::size_t open) {
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (text[i] == text[open] && Closes(text, i)) return i;
  }
  return std::string_view::npos;
}

void AddQuoted(std::string_view text, std::vector<std::string>& words) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c != '"' && c != '\'' && c != '`') || !Opens(text, i)) continue;
    const std::size_t close = ClosingQuote(text, i);
    if (close == std::string_view::npos) continue;
    AddWord(text.substr(i + 1, close - i - 1), words);
    i = close;
  }
}

// The end of the number that starts at `at`, decimals included.
std::size_t NumberEnd(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && IsDigit(text[end])) ++end;
  if (end + 1 < text.size() && text[end] == '.' && IsDigit(text[end + 1])) {
    ++end;
    while (end < text.size() && IsDigit(text[end])) ++end;
  }
  return end;
}

void AddNumbers(std::string_view text, std::vector<std::string>& words) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!IsDigit(text[i])) continue;
    const std::size_t end = NumberEnd(text, i);
    const bool joined = i > 0 && (IsWordChar(text[i - 1]) || text[i - 1] == '-' ||
                                  text[i - 1] == '.' || text[i - 1] == ':');
    const bool goes_on =
        end < text.size() && (IsWordChar(text[end]) || text[end] == '-' || text[end] == ':');
    if (!joined && !goes_on) AddWord(text.substr(i, end - i), words);
    i = end;
  }
}

}  // namespace

std::vector<std::string> QuotedWords(std::string_view message) {
  message = message.substr(0, kMaxMessage);
  std::vector<std::string> words;
  AddQuoted(message, words);
  AddNumbers(message, words);
  return words;
}

}  // namespace kedge::agent_ref
