#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/document.h"
#include "harness/core/json.h"

namespace kedge::agent_ref {

/// What a placeholder stands for; nullopt when nothing is known.
using Lookup = std::function<std::optional<Json>(const std::string& name)>;

/// A text with placeholders `{name}`; `{{` is a brace. Immutable.
class TextTemplate {
 public:
  TextTemplate() = default;
  /// Throws Error(kBadData) at the node for a brace that is not closed or a strange name.
  static TextTemplate Parse(const Node& node);

  /// The text with every placeholder filled; nullopt when one is unknown.
  std::optional<std::string> Render(const Lookup& lookup) const;
  /// The name, when the template is one placeholder and nothing else.
  std::optional<std::string> OnlyPlaceholder() const;
  bool empty() const { return pieces_.empty(); }

 private:
  struct Piece {
    std::string text;
    bool placeholder = false;
  };
  std::vector<Piece> pieces_;
};

/// A JSON value whose texts are templates; a text that is only one placeholder becomes the value
/// itself, with its JSON type.
class ValueTemplate {
 public:
  ValueTemplate() = default;
  static ValueTemplate Parse(const Node& node);
  std::optional<Json> Render(const Lookup& lookup) const;

 private:
  Json constant_;
  std::optional<TextTemplate> text_;
  std::vector<std::pair<std::string, ValueTemplate>> members_;
  std::vector<ValueTemplate> items_;
};

/// A scalar as people write it: texts as they are, everything else as JSON.
std::string PlainText(const Json& value);

}  // namespace kedge::agent_ref
