#include "guards/detect/assignment.h"

#include <algorithm>

#include "harness/text/ascii.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kMaxPrefix = 48;
constexpr std::size_t kMaxSpace = 24;
constexpr std::size_t kMaxValue = 512;

bool IsNameByte(char c) { return text::IsAsciiAlnum(c) || c == '_' || c == '-' || c == '.'; }
bool IsClosing(char c) {
  return c == '"' || c == '\'' || c == '`' || c == '\\' || c == ' ' || c == '\t' || c == ']' ||
         c == ')';
}
bool IsOperator(char c) {
  return c == '=' || c == ':' || c == '>' || c == ',' || c == '|' || c == '?' || c == '~';
}
bool IsOpening(char c) {
  return c == '"' || c == '\'' || c == '`' || c == '\\' || c == ' ' || c == '\t' || c == '=' ||
         c == '(' || c == '[';
}
bool IsValueByte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > ' ' && byte < 0x7F && c != '"' && c != '\'' && c != '`' && c != ',' && c != ';' &&
         c != '\\' && c != '<' && c != '>' && c != '(' && c != ')' && c != '&';
}

template <typename Is>
std::size_t SkipWhile(std::string_view text, std::size_t at, std::size_t most, Is is) {
  const std::size_t limit = std::min(text.size(), at + most);
  while (at < limit && is(text[at])) ++at;
  return at;
}

// `Bearer` and the like in front of the value.
std::size_t SkipScheme(std::string_view text, std::size_t at) {
  for (const std::string_view scheme : {"Bearer ", "bearer ", "Token ", "token ", "Basic "}) {
    if (text.substr(at, scheme.size()) == scheme) return at + scheme.size();
  }
  return at;
}

}  // namespace

Assignment FindAssignment(std::string_view text, std::uint32_t begin, std::uint32_t end,
                          std::uint32_t suffix) {
  Assignment out;
  const std::size_t name_end = SkipWhile(text, end, suffix + 1, IsNameByte);
  if (name_end - end > suffix) return out;
  const std::size_t closed = SkipWhile(text, name_end, kMaxSpace, IsClosing);
  const std::size_t assigned = SkipWhile(text, closed, 4, IsOperator);
  if (assigned == closed) return out;
  std::size_t value = SkipScheme(text, SkipWhile(text, assigned, kMaxSpace, IsOpening));
  const std::size_t value_end = SkipWhile(text, value, kMaxValue, IsValueByte);
  if (value_end == value) return out;
  std::size_t name = begin;
  while (name > 0 && begin - name < kMaxPrefix && IsNameByte(text[name - 1])) --name;
  out.name = {name, name_end};
  out.value = {value, value_end};
  return out;
}

}  // namespace kedge::guards
