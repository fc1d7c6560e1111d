#pragma once

#include <string>
#include <vector>

#include "harness/strategy/rule.h"

namespace kedge::strategy {

/// A guideline's rule with its scope, written one way only: names sorted and without repeats where
/// their order means nothing. Equal forms make an agent behave the same. Value type.
struct CanonicalRule {
  Rule rule;
  std::vector<std::string> scope;

  bool operator==(const CanonicalRule&) const = default;
};

/// Throws Error(kBadData) as ParseRule does for a guideline that has no rule.
CanonicalRule CanonicalOf(const Guideline& guideline);

/// A text that is the same for equal forms only, for use as a key.
std::string KeyOf(const CanonicalRule& form);

/// True if both ask for the same action.
bool SameAction(const Rule& a, const Rule& b);

/// True if `general` speaks whenever `special` does and asks for the same action; every form
/// covers itself. A partial order on forms. What it cannot know (whether a named tool writes) counts
/// as no.
bool Covers(const CanonicalRule& general, const CanonicalRule& special);

/// False only if no moment can meet both conditions; `unless` is not looked at.
bool MayMeet(const CanonicalRule& a, const CanonicalRule& b);

/// `then` of a record with a single tool of call_first and call_after written as a list.
Json NormalThen(const Json& then);

}  // namespace kedge::strategy
