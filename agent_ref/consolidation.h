#pragma once

#include <string>
#include <vector>

#include "agent_ref/rule_conflicts.h"
#include "harness/core/json.h"
#include "harness/strategy/strategy.h"

namespace kedge::agent_ref {

/// Guidelines that become one.
struct MergedGuidelines {
  std::string kept;
  std::vector<std::string> merged;  ///< ids, sorted
  std::string by;  ///< "rule" (equal form), "subsumption" (a wider rule says it) or "text"
};

/// Guidelines that say the same and are not merged all the same.
struct KeptApart {
  std::string kept;
  std::string apart;
  std::string why;
};

struct Consolidation {
  std::vector<strategy::Operation> operations;  ///< `merge` only, by target
  std::vector<MergedGuidelines> merges;
  std::vector<KeptApart> kept_apart;
  std::vector<RuleConflict> conflicts;  ///< among active guidelines; nothing is done about them
};

/// Finds what the guidelines of a strategy say more than once. Rules are compared in their symbolic
/// form (strategy::SymbolicForm), texts without a rule by MinHash over their letters (Jaccard
/// similarity 0.8) where negations, words of order, numbers and names agree. Active and quarantined
/// records are never mixed; retired ones stay as they are. The operations depend on the set of
/// guidelines alone, not on their order; applied, they leave nothing to consolidate. A subsumed
/// rule stays where another rule about the same moment could tell the difference. The operations
/// make a candidate like any other: whether it is as good is for the gate to say.
Consolidation Consolidate(const strategy::Strategy& strategy);

Json ToJson(const Consolidation& consolidation);

}  // namespace kedge::agent_ref
