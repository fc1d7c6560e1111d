#include "harness/suite/bfcl/source_text.h"

namespace kedge::suite::bfcl {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsQuote(char c) { return c == '"' || c == '\''; }
bool Opens(char c) { return c == '(' || c == '[' || c == '{'; }
bool Closes(char c) { return c == ')' || c == ']' || c == '}'; }

// The position after the quoted text that starts at `begin`; the end when it is not closed.
std::size_t AfterQuoted(std::string_view text, std::size_t begin) {
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == text[begin]) {
      return i + 1;
    }
  }
  return text.size();
}

char Unescaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    default:
      return c;
  }
}

}  // namespace

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string> SplitTopLevel(std::string_view text, char separator) {
  std::vector<std::string> parts;
  if (Trimmed(text).empty()) return parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (IsQuote(c)) {
      i = AfterQuoted(text, i);
      continue;
    }
    depth += Opens(c) ? 1 : (Closes(c) ? -1 : 0);
    if (c == separator && depth == 0) {
      parts.emplace_back(Trimmed(text.substr(begin, i - begin)));
      begin = i + 1;
    }
    ++i;
  }
  parts.emplace_back(Trimmed(text.substr(begin)));
  return parts;
}

std::optional<std::size_t> ClosingBracket(std::string_view text, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < text.size();) {
    const char c = text[i];
    if (IsQuote(c)) {
      i = AfterQuoted(text, i);
      continue;
    }
    depth += Opens(c) ? 1 : (Closes(c) ? -1 : 0);
    if (depth == 0) return i;
    ++i;
  }
  return std::nullopt;
}

bool NestedTooDeep(std::string_view text) {
  constexpr int kMaxNesting = 64;
  int depth = 0;
  for (const char c : text) {
    depth += Opens(c) ? 1 : (Closes(c) ? -1 : 0);
    if (depth > kMaxNesting) return true;
  }
  return false;
}

std::optional<std::string> Unquoted(std::string_view text) {
  if (text.size() < 2 || !IsQuote(text.front()) || text.back() != text.front() ||
      AfterQuoted(text, 0) != text.size()) {
    return std::nullopt;
  }
  std::string value;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 2 < text.size();
    value += escape ? Unescaped(text[++i]) : text[i];
  }
  return value;
}

std::string Quoted(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else if (c == '\t') {
      text += "\\t";
    } else if (c == '\r') {
      text += "\\r";
    } else {
      text += c;
    }
  }
  return text + "\"";
}

}  // namespace kedge::suite::bfcl
