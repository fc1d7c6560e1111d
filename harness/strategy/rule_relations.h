#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/strategy/rule.h"

namespace kedge::strategy {

/// A rule and where it may speak: what decides how the rule of a guideline acts. Pure values; every
/// function below is pure and safe to call from any thread.
struct ScopedRule {
  Rule rule;
  std::vector<std::string> scope;  ///< tools or goals; empty: everywhere

  bool operator==(const ScopedRule&) const = default;
};

/// The rule of an active guideline. Throws Error(kBadData) for a rule that is not understood.
ScopedRule ScopedRuleOf(const Guideline& guideline);

/// Canonical text of the rule: names in one order and once each, the words for people left out. Two
/// rules with one form act alike; `call_first` and `call_after` keep their order, which matters.
std::string SymbolicForm(const ScopedRule& rule);
/// The same with what a prohibition tells the user: equal to the letter.
std::string FullForm(const ScopedRule& rule);
/// Canonical text of the action alone: `then` without its condition.
std::string SymbolicThen(const Rule& rule);

/// Whether some decision point may exist at which both conditions hold. Nothing is known of the
/// tools, so an effect or an argument may fit any tool. `unless` is left out: what it waits for may
/// not have happened.
bool MayMeet(const ScopedRule& a, const ScopedRule& b);

/// Whether `general` speaks wherever `special` speaks and does the same there, so that `special`
/// adds nothing. False when that cannot be told.
bool Implies(const ScopedRule& general, const ScopedRule& special);

enum class ConflictKind {
  kOppositeAction,  ///< confirm or not, go on or give up after an error, two sources of an
                    ///< argument, two values of an argument
  kInvertedOrder,   ///< U before T, and T before U (or U after T) at once
  kForbiddenHelper  ///< one calls what the other forbids
};
/// "opposite_action", "inverted_order", "forbidden_helper".
std::string_view ToString(ConflictKind kind);

struct Conflict {
  ConflictKind kind = ConflictKind::kOppositeAction;
  std::string about;  ///< the two actions in words, e.g. "confirm and do not confirm"

  bool operator==(const Conflict&) const = default;
};

/// What two rules say against each other at a decision point that both may meet; nullopt when they
/// can both be followed. Symmetric but for the order of words in `about`. Alternatives (two ways to
/// recover from an error, two values to try after it) are no conflict: an agent tries them in turn.
std::optional<Conflict> Contradiction(const ScopedRule& a, const ScopedRule& b);

}  // namespace kedge::strategy
