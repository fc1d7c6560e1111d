#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/document.h"
#include "harness/strategy/import/playbook_item.h"

namespace kedge::strategy {

/// What the parsers of this folder share.

/// A line of a text with its number from 1, without its end.
struct NumberedLine {
  std::int64_t number;
  std::string_view text;
};
std::vector<NumberedLine> LinesOf(std::string_view text);

/// White space at both ends removed.
std::string_view Stripped(std::string_view text);

/// Letters, digits and `_.:-` stay, all else becomes `-`; never empty, at most 120 bytes.
std::string NameFrom(std::string_view id);

/// Throws Error(kBadData) for text that is not UTF-8, naming the file.
void RequireUtf8(std::string_view text, const std::string& name);

/// ALTK-Evolve entities and ACE skill books as JSON.
ForeignPlaybook ReadAltkJson(const Node& root);
ForeignPlaybook ReadAceJson(const Node& root);

}  // namespace kedge::strategy
