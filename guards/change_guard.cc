#include "guards/change_guard.h"

#include <algorithm>

#include "guards/change/rules.h"

namespace kedge::guards {

std::vector<ChangeFinding> CheckChange(const strategy::Strategy& base,
                                       const strategy::Strategy& candidate,
                                       const ChangePolicy& policy) {
  if (base.hash() == candidate.hash()) return {};
  ChangeContext context{base, candidate, policy, strategy::Diff(base, candidate), {}};
  for (const auto check : {CheckFrozen, CheckProtected, CheckTools, CheckBudgets, CheckHidden,
                           CheckSize, CheckProvenance}) {
    check(context);
  }
  return std::move(context.findings);
}

}  // namespace kedge::guards
