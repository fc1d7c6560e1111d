#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json.h"

namespace kedge::world {

/// Text with placeholders: `{name}` (a letter or underscore, then letters, digits, underscores)
/// stands for a value; `{{name}}` is the text "{name}"; every other brace is itself, so regular
/// expressions and JSON need no escapes. Immutable; thread-safe.
class TextTemplate {
 public:
  explicit TextTemplate(std::string_view text);

  /// The names of the placeholders, each once, sorted.
  const std::vector<std::string>& names() const { return names_; }
  /// True if the whole text is one placeholder.
  bool is_single() const { return parts_.size() == 1 && parts_[0].placeholder; }

  /// Fills in members of the object `values`: text as such, numbers and booleans as JSON writes
  /// them, arrays and objects as JSON, null and absent members as nothing.
  std::string Render(const Json& values) const;
  /// Like Render, but a template that is one placeholder gives the value itself, type and all.
  Json RenderValue(const Json& values) const;

 private:
  struct Part {
    std::string text;
    bool placeholder = false;
  };
  void AddText(std::string_view text);
  void AddPlaceholder(std::string_view name);

  std::vector<Part> parts_;
  std::vector<std::string> names_;
};

/// A copy of `value` in which every string (not the keys) is rendered with RenderValue.
Json RenderJson(const Json& value, const Json& values);
/// The names of all placeholders in the strings of `value`, sorted, each once.
std::vector<std::string> PlaceholdersIn(const Json& value);

}  // namespace kedge::world
