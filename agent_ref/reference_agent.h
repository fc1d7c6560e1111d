#pragma once

#include <memory>
#include <string>

#include "harness/agent/agent.h"
#include "harness/strategy/strategy.h"

namespace kedge::agent_ref {

/// Makes reference agents: in process, offline, deterministic. Thread-safe; each agent serves one
/// thread.
class ReferenceAgentFactory : public agent::AgentFactory {
 public:
  /// Throws Error(kBadData) with file, line and field when the agent does not understand the
  /// strategy; call it (or CheckStrategy) before a run is paid for.
  std::unique_ptr<agent::Agent> Make(const strategy::Strategy& strategy) const override;
  std::string fingerprint() const override;
};

/// Throws as ReferenceAgentFactory::Make would.
void CheckStrategy(const strategy::Strategy& strategy);

}  // namespace kedge::agent_ref
