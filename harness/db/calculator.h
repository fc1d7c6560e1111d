#pragma once

#include <string>
#include <string_view>

#include "harness/db/database.h"

namespace kedge::db {

/// The value of an arithmetic expression: decimal numbers, + - * /, signs, parentheses, blanks.
/// The arithmetic is exact (fractions of 64-bit integers); the result is rounded to two decimals,
/// ties to even, and written with at least one: "255.0", "0.33", "-114.0". This is the text that
/// calculator tools of tool-use benchmarks answer with.
///
/// Throws Error(kBadData): "invalid syntax", "division by zero", "number too large",
/// "nested too deeply" (more than 100 parentheses). O(length).
std::string Calculate(std::string_view expression);

/// Adds the SQL function calc(text); NULL gives NULL. Deterministic.
void AddCalculator(Database& database);

}  // namespace kedge::db
