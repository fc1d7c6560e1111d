#include "agent_ref/words.h"

#include <charconv>

#include "agent_ref/value_template.h"

namespace kedge::agent_ref {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

std::string Folded(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  for (const char c : Trimmed(text)) {
    if (!IsSpace(c)) {
      folded += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    } else if (folded.back() != ' ') {
      folded += ' ';
    }
  }
  return folded;
}

std::string Folded(const Json& value) {
  return value.is_string() ? Folded(std::string_view(value.get_ref<const std::string&>()))
                           : Folded(std::string_view(PlainText(value)));
}

std::size_t FindWords(std::string_view whole, std::string_view part) {
  if (part.empty()) return std::string_view::npos;
  for (std::size_t at = whole.find(part); at != std::string_view::npos;
       at = whole.find(part, at + 1)) {
    const std::size_t end = at + part.size();
    const bool starts = at == 0 || !IsWordByte(whole[at - 1]) || !IsWordByte(whole[at]);
    const bool ends = end == whole.size() || !IsWordByte(whole[end]) || !IsWordByte(whole[end - 1]);
    if (starts && ends) return at;
  }
  return std::string_view::npos;
}

bool ContainsWords(std::string_view whole, std::string_view part) {
  return FindWords(whole, part) != std::string_view::npos;
}

bool SameThing(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (a.size() < b.size()) std::swap(a, b);
  return b.size() >= 3 && ContainsWords(a, b);
}

std::optional<double> NumberIn(std::string_view text) {
  text = Trimmed(text);
  if (!text.empty() && text.front() == '$') text.remove_prefix(1);
  std::string digits;
  for (const char c : text) {
    if (c != ',') digits += c;
  }
  double number = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (digits.empty() || error != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace kedge::agent_ref
