#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/document.h"
#include "harness/strategy/strategy.h"

namespace kedge::strategy {

inline constexpr std::size_t kMaxGuidelines = 10'000;

/// Checks what every agent shares of a layer: known keys, types, ranges, unique names, no nulls.
/// Throws Error(kBadData) with file, line and field.
void CheckLayer(std::string_view name, const Node& layer);

/// The records of a guidelines layer in document order. An active one whose rule does not parse is
/// an error here: the file's author must say that it is only text.
std::vector<Guideline> ParseGuidelines(const Node& layer);

/// One record, its rule unchecked.
Guideline ParseGuideline(const Node& node);

/// Throws unless `name` may name a strategy or a guideline: 1-200 letters, digits, `_.:-`.
void CheckName(const std::string& name, std::string_view what);
bool IsName(std::string_view name);

}  // namespace kedge::strategy
