#include "harness/loop/lone_gate.h"

namespace kedge::loop {

gate::Verdict RunLoneGate(GateSessionOptions options, const strategy::Strategy& candidate,
                          const agent::AgentFactory& agents, const Clock& clock,
                          Observer& observer) {
  options.candidate_folder = options.output_folder + "/candidate";
  options.store_file = options.output_folder + "/kedge.db";
  candidate.Save(options.candidate_folder);
  return RunGateSession(options, agents, clock, observer).verdict;
}

}  // namespace kedge::loop
