#pragma once

#include <string_view>

#include "harness/core/json.h"

namespace kedge::trace {

/// Takes flattened attributes out of `attributes` and builds what they describe:
/// `PREFIX0.role = "user"`, `PREFIX0.tool_calls.0.name = "get"` become the array
/// [{"role": "user", "tool_calls": [{"name": "get"}]}]. Elements stand in the order of their
/// numbers; gaps close. An empty array when no attribute begins with `prefix` and a number. A key
/// that contradicts another one (a value where an object stands) is left where it is.
Json TakeIndexedList(Json& attributes, std::string_view prefix);

}  // namespace kedge::trace
