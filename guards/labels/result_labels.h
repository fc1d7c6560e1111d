#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guards/labels/label_names.h"
#include "guards/place.h"
#include "harness/core/document.h"
#include "harness/core/json.h"

namespace kedge::guards {

/// What the catalogue says of a tool's results.
struct ResultSpec {
  enum class Format { kJson, kYaml, kText };
  Format format = Format::kJson;
  LabelMask label = 0;           ///< of `fields`, or of everything when there are none
  LabelMask rest = 0;            ///< of what `fields` leave over, and of errors
  std::vector<Place> fields;     ///< trusted places
  std::optional<Place> readers;  ///< who may read what this result says

  /// Reads {label, fields, rest, format, readers}; labels it gives are added to `names`.
  static ResultSpec Read(const Node& node, LabelMask fallback, LabelNames& names);

  /// A result as data: text that holds JSON (or YAML, where the catalogue says so) is parsed; text
  /// that does not parse is itself. Never throws for what the text is.
  Json Parse(const Json& result) const;

  /// Calls `visit(text, labels)` for every text of a parsed result, names of members included.
  using Visit = std::function<void(std::string_view text, LabelMask labels)>;
  void ForEachText(const Json& result, bool is_error, const Visit& visit) const;
};

}  // namespace kedge::guards
