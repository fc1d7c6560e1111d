#include "guards/change/rules.h"
#include "harness/strategy/rule_relations.h"

namespace kedge::guards {
namespace {

bool IsBrought(const std::vector<ParsedGuideline>& brought, const std::string& id) {
  for (const ParsedGuideline& one : brought) {
    if (one.guideline->id == id) return true;
  }
  return false;
}

}  // namespace

// Only pairs with a new rule in them: what the champion says against itself is not the candidate's
// doing.
void CheckContradiction(ChangeContext& context) {
  for (const ParsedGuideline& one : context.brought()) {
    const strategy::Guideline* guideline = one.guideline;
    const strategy::ScopedRule rule = strategy::ScopedRuleOf(*guideline);
    for (const strategy::Guideline& other : context.candidate.guidelines()) {
      if (other.status != "active" || other.id == guideline->id) continue;
      if (other.id < guideline->id && IsBrought(context.brought(), other.id))
        continue;  // said already
      const auto conflict = strategy::Contradiction(rule, strategy::ScopedRuleOf(other));
      if (!conflict) continue;
      context.Report(kContradictionRule, guideline->id,
                     "guidelines '" + guideline->id + "' and '" + other.id +
                         "' contradict each other: " + conflict->about +
                         "; revise or retire one of them in the same change");
    }
  }
}

}  // namespace kedge::guards
