#pragma once

#include "harness/loop/gate_session.h"
#include "harness/strategy/strategy.h"

namespace kedge::loop {

/// What the gate says of `candidate` when nothing was tested before it: with a history and an error
/// budget of its own, which lie in the output folder of `options` beside the candidate as it is
/// saved there. `candidate_folder` and `store_file` of `options` are set here. Throws as
/// RunGateSession.
gate::Verdict RunLoneGate(GateSessionOptions options, const strategy::Strategy& candidate,
                          const agent::AgentFactory& agents, const Clock& clock,
                          Observer& observer);

}  // namespace kedge::loop
