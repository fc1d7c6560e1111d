#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/document.h"
#include "harness/core/json.h"

namespace kedge::strategy {

/// What a rule asks of one value: to be one of a few, or to lie within bounds. Never empty. Pure
/// values; every function below is pure and safe to call from any thread.
struct ValueTest {
  std::vector<Json> any_of;  ///< texts, numbers, booleans; empty: bounds are asked for
  std::optional<double> at_least, at_most;

  bool operator==(const ValueTest&) const = default;
};

/// By the name of the value; all must hold.
using ValueTests = std::map<std::string, ValueTest>;

/// Reads a literal, a list of literals, or `{at_least, at_most}`. Throws Error(kBadData).
ValueTest ParseValueTest(const Node& node);
/// An object of such tests with at least one member. Throws Error(kBadData).
ValueTests ParseValueTests(const Node& node);

/// One way of writing the test that ParseValueTest reads: literals sorted and once each, a single
/// one without its list. Tests that say the same in the same words give equal JSON.
Json ToJson(const ValueTest& test);
Json ToJson(const ValueTests& tests);

/// Numbers compare as numbers (1 is 1.0); bounds also take a decimal number that is a text. A value
/// that is neither lies within no bounds.
bool Passes(const ValueTest& test, const Json& value);
/// Every test finds its value in the object, and it passes.
bool Pass(const ValueTests& tests, const Json& object);

/// Whether all that pass `special` pass `general`. False when that cannot be told.
bool Covers(const ValueTests& general, const ValueTests& special);
/// Whether some values may pass both. True when that cannot be told.
bool MayMeet(const ValueTests& a, const ValueTests& b);

}  // namespace kedge::strategy
