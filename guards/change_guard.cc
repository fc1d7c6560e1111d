#include "guards/change_guard.h"

#include "guards/change/rules.h"

namespace kedge::guards {

std::vector<ChangeFinding> CheckChange(const strategy::Strategy& base,
                                       const strategy::Strategy& candidate,
                                       const ChangePolicy& policy, const ChangeEvidence& evidence) {
  if (base.hash() == candidate.hash()) return {};
  ChangeContext context(base, candidate, policy, evidence);
  for (const auto check :
       {CheckFrozen, CheckProtected, CheckWeakening, CheckTools, CheckBudgets, CheckDestinations,
        CheckSecrets, CheckHidden, CheckInjection, CheckSize, CheckProvenance, CheckTaint,
        CheckScope, CheckLeakage, CheckContradiction}) {
    check(context);
  }
  return std::move(context.findings);
}

}  // namespace kedge::guards
