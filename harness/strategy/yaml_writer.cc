#include "harness/strategy/yaml_writer.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace kedge::strategy {
namespace {

constexpr std::size_t kInlineColumns = 96;

// What a reader looks for first; all other keys follow in alphabetical order.
constexpr std::array<std::string_view, 16> kFirstKeys = {
    "format", "id",   "name",    "status", "parents", "text",       "when",  "then",
    "unless", "tool", "pattern", "type",   "layers",  "parameters", "types", "patterns"};

std::size_t Rank(std::string_view key) {
  return static_cast<std::size_t>(std::find(kFirstKeys.begin(), kFirstKeys.end(), key) -
                                  kFirstKeys.begin());
}

bool IsPlain(const std::string& text) {
  const auto word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  const auto rest = [&](char c) {
    return word(c) || (c >= '0' && c <= '9') || c == ' ' || c == '.' || c == '/' || c == '-';
  };
  if (text.empty() || text.size() > 200 || !word(text[0]) || text.back() == ' ') return false;
  if (!std::all_of(text.begin(), text.end(), rest)) return false;
  static constexpr std::string_view kReserved[] = {"true", "false", "null", "yes", "no",
                                                   "on",   "off",   "y",    "n"};
  std::string lower = text;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return std::find(std::begin(kReserved), std::end(kReserved), lower) == std::end(kReserved);
}

std::string Scalar(const Json& value) {
  if (!value.is_string()) return DumpJson(value);
  const auto& text = value.get_ref<const std::string&>();
  if (IsPlain(text)) return text;
  // Single quotes keep regular expressions readable; they have no escapes, so printable ASCII only.
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (!printable || text.find('\\') == std::string::npos) return DumpJson(value);
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

std::vector<const Json::object_t::value_type*> Ordered(const Json& object) {
  std::vector<const Json::object_t::value_type*> members;
  for (const auto& member : object.get_ref<const Json::object_t&>()) members.push_back(&member);
  std::stable_sort(members.begin(), members.end(),
                   [](const auto* a, const auto* b) { return Rank(a->first) < Rank(b->first); });
  return members;
}

std::string Inline(const Json& value) {
  if (!value.is_structured()) return Scalar(value);
  std::string text;
  if (value.is_array()) {
    for (const Json& item : value) text += (text.empty() ? "" : ", ") + Inline(item);
    return "[" + text + "]";
  }
  for (const auto* member : Ordered(value)) {
    text += (text.empty() ? "" : ", ") + Scalar(member->first) + ": " + Inline(member->second);
  }
  return "{" + text + "}";
}

// Short enough for one line, and not a list of objects (those read better one below the other).
bool FitsInline(const Json& value, std::size_t column, std::string& text) {
  if (value.is_array() && value.size() > 1 && value[0].is_object()) return false;
  text = Inline(value);
  return column + text.size() <= kInlineColumns;
}

void Block(const Json& value, std::size_t indent, std::string& out);

// What follows `key:` or `-`; `gap` is the blank before a value on the same line.
void Value(const Json& value, std::size_t indent, bool in_list, std::string& out) {
  const std::size_t line_start = out.rfind('\n') + 1;
  std::string text;
  if (!value.is_structured() || value.empty() ||
      FitsInline(value, out.size() - line_start + 1, text)) {
    out += " " + (text.empty() ? Inline(value) : text) + "\n";
    return;
  }
  if (in_list && value.is_object()) {
    std::string block;
    Block(value, indent, block);
    out += " " + block.substr(indent);  // the first key stands beside the dash
    return;
  }
  out += "\n";
  Block(value, indent, out);
}

void Block(const Json& value, std::size_t indent, std::string& out) {
  const std::string margin(indent, ' ');
  if (value.is_array()) {
    for (const Json& item : value) {
      out += margin + "-";
      Value(item, indent + 2, true, out);
    }
    return;
  }
  for (const auto* member : Ordered(value)) {
    out += margin + Scalar(member->first) + ":";
    Value(member->second, indent + (member->second.is_array() ? 0 : 2), false, out);
  }
}

}  // namespace

std::string ToYaml(const Json& value) {
  if (!value.is_structured() || value.empty()) return Inline(value) + "\n";
  std::string out;
  Block(value, 0, out);
  return out;
}

}  // namespace kedge::strategy
