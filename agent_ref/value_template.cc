#include "agent_ref/value_template.h"

#include <algorithm>

namespace kedge::agent_ref {
namespace {

bool IsPlaceholderName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

std::string PlainText(const Json& value) {
  return value.is_string() ? value.get_ref<const std::string&>() : DumpJson(value);
}

TextTemplate TextTemplate::Parse(const Node& node) {
  const std::string source = node.String();
  TextTemplate parsed;
  std::string text;
  const auto flush = [&] {
    if (!text.empty()) parsed.pieces_.push_back({std::move(text), false});
    text.clear();
  };
  for (std::size_t i = 0; i < source.size(); ++i) {
    if (source[i] != '{') {
      text += source[i];
    } else if (source.compare(i, 2, "{{") == 0) {
      text += '{';
      ++i;
    } else {
      const std::size_t close = source.find('}', i);
      const std::string name =
          close == std::string::npos ? "" : source.substr(i + 1, close - i - 1);
      if (!IsPlaceholderName(name)) {
        throw node.Fail("expected {name} after \"" + source.substr(0, i) + "\"; a brace is {{");
      }
      flush();
      parsed.pieces_.push_back({name, true});
      i = close;
    }
  }
  flush();
  return parsed;
}

std::optional<std::string> TextTemplate::Render(const Lookup& lookup) const {
  std::string text;
  for (const Piece& piece : pieces_) {
    if (!piece.placeholder) {
      text += piece.text;
      continue;
    }
    const std::optional<Json> value = lookup(piece.text);
    if (!value) return std::nullopt;
    text += PlainText(*value);
  }
  return text;
}

std::optional<std::string> TextTemplate::OnlyPlaceholder() const {
  if (pieces_.size() != 1 || !pieces_[0].placeholder) return std::nullopt;
  return pieces_[0].text;
}

ValueTemplate ValueTemplate::Parse(const Node& node) {
  ValueTemplate parsed;
  parsed.constant_ = node.json();
  if (node.is_string()) {
    parsed.text_ = TextTemplate::Parse(node);
  } else if (node.is_array()) {
    for (const Node& item : node.Items()) parsed.items_.push_back(Parse(item));
  } else if (node.is_object()) {
    for (const auto& [key, value] : node.Members()) parsed.members_.emplace_back(key, Parse(value));
  }
  return parsed;
}

std::optional<Json> ValueTemplate::Render(const Lookup& lookup) const {
  if (text_) {
    if (const auto name = text_->OnlyPlaceholder()) return lookup(*name);
    std::optional<std::string> text = text_->Render(lookup);
    if (!text) return std::nullopt;
    return Json(*std::move(text));
  }
  Json value = constant_;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    std::optional<Json> item = items_[i].Render(lookup);
    if (!item) return std::nullopt;
    value[i] = *std::move(item);
  }
  for (const auto& [key, member] : members_) {
    std::optional<Json> rendered = member.Render(lookup);
    if (!rendered) return std::nullopt;
    value[key] = *std::move(rendered);
  }
  return value;
}

}  // namespace kedge::agent_ref
