#pragma once

#include <compare>
#include <string>

#include "harness/core/json.h"
#include "harness/strategy/value_test.h"

namespace kedge::agent_ref {

/// Where a rule holds: tests of the call's arguments and of what tools have said about its thing,
/// the words `when.arguments` and `when.seen`. Immutable; empty: everywhere. Conditions are equal
/// and ordered as their canonical text is.
class Condition {
 public:
  Condition() = default;
  Condition(strategy::ValueTests arguments, strategy::ValueTests seen);

  bool empty() const { return text_.empty(); }
  /// Whether it holds in a situation that SituationOf gave. An empty one holds in every situation,
  /// any other in none that is null.
  bool Holds(const Json& situation) const;
  /// Whether it holds wherever `special` does. False when that cannot be told.
  bool Covers(const Condition& special) const;
  /// Whether both may hold in one situation. True when that cannot be told.
  bool MayMeet(const Condition& other) const;
  /// This and the other as well; tests of one value are taken from `other`.
  Condition And(const Condition& other) const;

  /// Adds its words to the `when` of a rule.
  void AddTo(Json& when) const;
  /// In words: "a is one of x, y and b is at least 20".
  std::string InWords() const;
  /// In one word, for ids: "a=x+y.b.from20".
  std::string Name() const;

  bool operator==(const Condition& other) const { return text_ == other.text_; }
  std::strong_ordering operator<=>(const Condition& other) const { return text_ <=> other.text_; }

 private:
  strategy::ValueTests arguments_;
  strategy::ValueTests seen_;
  std::string text_;  // canonical JSON; empty without tests
};

}  // namespace kedge::agent_ref
