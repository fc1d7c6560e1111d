#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json.h"

namespace kedge::strategy {

/// Paths of parameters: `planner/parameters/explore`, `planner/goals/open/answer`. A segment is a
/// key of an object, or the `id` of an element of a list whose elements are all objects with
/// different ids. `~1` stands for `/` and `~0` for `~` (as in RFC 6901).
using ParameterPath = std::vector<std::string>;

/// Throws Error(kBadData) for an empty path, an empty segment or a lone `~`.
ParameterPath ParseParameterPath(std::string_view text);
std::string AppendSegment(const std::string& path, std::string_view segment);

/// True for a list whose elements are all objects with different text `id`s.
bool IsKeyedList(const Json& value);

/// Sets (or, for null, removes) the value at `path` below `root`; objects on the way are made.
/// Throws Error(kBadData) when the way leads through something else or the element is not there.
void SetParameter(Json& root, const ParameterPath& path, const Json& value);

}  // namespace kedge::strategy
