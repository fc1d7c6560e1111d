#pragma once

#include "harness/gate/verdict.h"
#include "harness/loop/gate_steps.h"

namespace kedge::loop {

/// Measures how the candidate behaved in the pairs that the verdict rests on, looks for signs of
/// gaming (running twin tasks before a PROMOTE if the policy asks for them), classifies, and fills
/// `verdict.drift`. May turn PROMOTE into HOLD_INCONCLUSIVE and anything into BLOCK, never anything
/// into PROMOTE. Nothing happens when the policy switches it off. Deterministic: what is measured
/// does not depend on the timing of threads or on where a run was interrupted.
void AddGateDrift(const GateSession& session, gate::Verdict& verdict);

}  // namespace kedge::loop
