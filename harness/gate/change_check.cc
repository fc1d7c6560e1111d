#include "guards/change_guard.h"
#include "harness/gate/gate.h"

namespace kedge::gate {

std::vector<Reason> CheckChange(const GateInputs& inputs) {
  guards::ChangePolicy policy;
  policy.max_added_guidelines = inputs.policy.change.max_added_guidelines;
  policy.max_added_bytes = inputs.policy.change.max_added_bytes;
  policy.require_provenance = inputs.policy.change.require_provenance;
  std::vector<Reason> reasons;
  for (const guards::ChangeFinding& finding :
       guards::CheckChange(inputs.champion, inputs.candidate, policy)) {
    reasons.push_back({"change_guard:" + finding.rule, finding.message});
  }
  return reasons;
}

}  // namespace kedge::gate
