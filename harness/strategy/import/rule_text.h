#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json.h"

namespace kedge::strategy {

/// `when`, `then` and `unless` of a guideline, as README.md describes them.
struct RuleWords {
  Json when;
  Json then;
  Json unless;  ///< null: none

  bool operator==(const RuleWords&) const = default;
};

/// Reads a sentence of the small grammar in import/README.md ("always call X before Y", "if Y fails
/// with E, call X and retry", ...) over the names of known tools. The whole sentence must be
/// understood: one word that it does not know, and the answer is nullopt. What follows the first
/// sentence, or a `because`, is explanation, and may name no tool. A rule that stops tells the user
/// `text`. Pure; O(text * tools).
std::optional<RuleWords> ReadRuleText(std::string_view text, const std::vector<std::string>& tools);

/// Names of known tools in the text, sorted, each once.
std::vector<std::string> ToolsNamedIn(std::string_view text, const std::vector<std::string>& tools);

}  // namespace kedge::strategy
