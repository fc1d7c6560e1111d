#include "guards/change_guard.h"
#include "harness/gate/gate.h"

namespace kedge::gate {

ChangeReasons CheckChange(const GateInputs& inputs, const guards::ChangeEvidence& evidence) {
  ChangeReasons reasons;
  for (const guards::ChangeFinding& finding :
       guards::CheckChange(inputs.champion, inputs.candidate, inputs.policy.change, evidence)) {
    (finding.ask ? reasons.ask : reasons.deny)
        .push_back({"change_guard:" + finding.rule, finding.message});
  }
  return reasons;
}

}  // namespace kedge::gate
