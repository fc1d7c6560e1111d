#pragma once

#include <compare>

#include "harness/core/json.h"

namespace kedge::text {

/// A total order over JSON values in which numbers compare by mathematical value (1 equals 1.0,
/// and no 64-bit integer is rounded), as JSON Schema asks of enum, const and uniqueItems. Values
/// of different kinds are ordered null, boolean, number, string, array, object; arrays and objects
/// lexicographically. NaN does not occur in parsed JSON; it equals itself here.
std::strong_ordering CompareJson(const Json& left, const Json& right);

inline bool EqualJson(const Json& left, const Json& right) {
  return CompareJson(left, right) == std::strong_ordering::equal;
}

}  // namespace kedge::text
