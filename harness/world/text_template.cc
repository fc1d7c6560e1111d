#include "harness/world/text_template.h"

#include <algorithm>

namespace kedge::world {
namespace {

bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsNamePart(char c) { return IsNameStart(c) || (c >= '0' && c <= '9'); }

// The name in front of `close` when `text` starts with `open` name `close`, else empty.
std::string_view NameBetween(std::string_view text, std::string_view open, std::string_view close) {
  if (!text.starts_with(open)) return {};
  text.remove_prefix(open.size());
  if (text.empty() || !IsNameStart(text[0])) return {};
  std::size_t end = 1;
  while (end < text.size() && IsNamePart(text[end])) ++end;
  return text.substr(end).starts_with(close) ? text.substr(0, end) : std::string_view();
}

void SortUnique(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

std::string AsText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_null() ? std::string() : DumpJson(value);
}

}  // namespace

TextTemplate::TextTemplate(std::string_view text) {
  while (!text.empty()) {
    if (const auto literal = NameBetween(text, "{{", "}}"); !literal.empty()) {
      AddText(text.substr(1, literal.size() + 2));
      text.remove_prefix(literal.size() + 4);
    } else if (const auto name = NameBetween(text, "{", "}"); !name.empty()) {
      AddPlaceholder(name);
      text.remove_prefix(name.size() + 2);
    } else {
      const std::size_t next = std::min(text.find('{', 1), text.size());
      AddText(text.substr(0, next));
      text.remove_prefix(next);
    }
  }
  SortUnique(names_);
}

void TextTemplate::AddText(std::string_view text) {
  if (parts_.empty() || parts_.back().placeholder) parts_.emplace_back();
  parts_.back().text += text;
}

void TextTemplate::AddPlaceholder(std::string_view name) {
  parts_.push_back({std::string(name), true});
  names_.emplace_back(name);
}

std::string TextTemplate::Render(const Json& values) const {
  std::string out;
  for (const Part& part : parts_) {
    if (!part.placeholder) {
      out += part.text;
    } else if (const auto found = values.find(part.text); found != values.end()) {
      out += AsText(*found);
    }
  }
  return out;
}

Json TextTemplate::RenderValue(const Json& values) const {
  if (!is_single()) return Render(values);
  const auto found = values.find(parts_[0].text);
  return found == values.end() ? Json() : *found;
}

Json RenderJson(const Json& value, const Json& values) {
  if (value.is_string()) {
    return TextTemplate(value.get_ref<const std::string&>()).RenderValue(values);
  }
  if (!value.is_structured()) return value;
  Json copy = value;
  for (Json& child : copy) child = RenderJson(child, values);
  return copy;
}

std::vector<std::string> PlaceholdersIn(const Json& value) {
  if (value.is_string()) return TextTemplate(value.get_ref<const std::string&>()).names();
  std::vector<std::string> names;
  if (value.is_structured()) {
    for (const Json& child : value) {
      const auto more = PlaceholdersIn(child);
      names.insert(names.end(), more.begin(), more.end());
    }
  }
  SortUnique(names);
  return names;
}

}  // namespace kedge::world
