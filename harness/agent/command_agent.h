#pragma once

#include <memory>
#include <string>

#include "harness/agent/agent.h"
#include "harness/agent/child_options.h"
#include "harness/strategy/strategy.h"

namespace kedge::agent {

/// An agent that is run anew for each episode: the task on stdin, the answer on stdout (without its
/// trailing newlines), exit code 0. It has no tools and nobody to ask. The environment holds
/// KEDGE_EPISODE, KEDGE_SEED and KEDGE_STRATEGY (the hash).
class CommandAgent : public Agent {
 public:
  CommandAgent(ChildAgentOptions options, const strategy::Strategy& strategy);
  EpisodeEnd Run(const EpisodeStart& start, EpisodeIo& io) override;

 private:
  std::string Input(const EpisodeStart& start) const;

  const ChildAgentOptions options_;
  const Json strategy_;
  const std::string strategy_hash_;
};

/// Makes CommandAgents. Make throws Error(kUnavailable) when the program cannot be found.
class CommandAgentFactory : public AgentFactory {
 public:
  explicit CommandAgentFactory(ChildAgentOptions options) : options_(std::move(options)) {}
  std::unique_ptr<Agent> Make(const strategy::Strategy& strategy) const override;
  std::string fingerprint() const override;

 private:
  const ChildAgentOptions options_;
};

}  // namespace kedge::agent
