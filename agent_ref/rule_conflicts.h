#pragma once

#include <string>
#include <vector>

#include "harness/strategy/strategy.h"

namespace kedge::agent_ref {

/// Two guidelines that cannot both be followed. Which of them is right is for people or the gate.
struct RuleConflict {
  std::string kind;   ///< "contradiction" or "inverted_order"
  std::string one;    ///< id; the smaller of the two
  std::string other;  ///< id
  std::string why;

  auto operator<=>(const RuleConflict&) const = default;
};

/// Conflicts among the rules of `guidelines`, whatever their order; sorted. Those without a rule are
/// passed over. A contradiction is an opposite action at a moment that both speak about, or a tool
/// that one calls and the other forbids without condition; an inverted order is "A before B" and "B
/// before A". O(n * rules that name the same tools).
std::vector<RuleConflict> FindConflicts(const std::vector<strategy::Guideline>& guidelines);

}  // namespace kedge::agent_ref
