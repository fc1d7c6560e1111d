#pragma once

#include <string>
#include <vector>

#include "harness/strategy/strategy.h"

namespace kedge::agent_ref {

/// Two guidelines that cannot both be followed. Which of them is right is for people or the gate.
struct RuleConflict {
  std::string kind;   ///< as strategy::ToString(ConflictKind)
  std::string one;    ///< id; the smaller of the two
  std::string other;  ///< id
  std::string why;

  auto operator<=>(const RuleConflict&) const = default;
};

/// strategy::Contradiction over all pairs of rules, whatever their order; sorted. Guidelines
/// without a rule are passed over. O(n * rules that name the same tools).
std::vector<RuleConflict> FindConflicts(const std::vector<strategy::Guideline>& guidelines);

}  // namespace kedge::agent_ref
