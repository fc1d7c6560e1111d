#pragma once

#include <string>

#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/core/observer.h"
#include "harness/loop/gate_steps.h"
#include "harness/run/episode.h"

namespace kedge::loop {

/// What a session that runs episodes is given, with the rules that it runs them under; for the
/// files of this room only. What is passed in must outlive it.
struct SessionContext {
  /// Throws as LoadGateRules.
  SessionContext(const agent::AgentFactory& agent_factory, const Clock& session_clock,
                 Observer& session_observer, const std::string& policy_file)
      : agents(agent_factory),
        clock(session_clock),
        observer(session_observer),
        rules(LoadGateRules(policy_file)) {}

  const agent::AgentFactory& agents;
  const Clock& clock;
  Observer& observer;
  const GateRules rules;
};

/// The limits of the policy and the noise of the suite's users.
run::EpisodeOptions EpisodeOptionsUnder(const gate::GatePolicy& policy, const suite::Suite& suite);

}  // namespace kedge::loop
