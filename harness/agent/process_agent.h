#pragma once

#include <memory>
#include <string>

#include "harness/agent/agent.h"
#include "harness/agent/child_options.h"
#include "harness/agent/worker.h"
#include "harness/strategy/strategy.h"

namespace kedge::agent {

/// An agent that is a program speaking JSON-RPC over stdin and stdout (README.md). One worker
/// process is kept alive from episode to episode. Whatever a worker does wrong ends the episode it
/// does it in, with a name (end_names.h), and the next episode gets a fresh worker.
/// The worker dies with the thread that calls Run (or Start): use one object in one thread.
class ProcessAgent : public Agent {
 public:
  ProcessAgent(ChildAgentOptions options, const strategy::Strategy& strategy);

  /// Starts the worker unless one is running. Throws Error as Worker does.
  void Start();

  /// An agent that cannot be started is `agent_unavailable`, with infrastructure set. After three
  /// such episodes in a row it is not tried again, so that a run does not wait for it each time.
  EpisodeEnd Run(const EpisodeStart& start, EpisodeIo& io) override;

 private:
  const ChildAgentOptions options_;
  const Json initialize_params_;
  const Json strategy_reference_;
  std::unique_ptr<Worker> worker_;
  int failed_starts_ = 0;
  std::string last_start_error_;
};

/// Makes ProcessAgents. Make starts the worker at once and throws Error(kUnavailable), within the
/// initialize deadline, when the agent cannot be reached.
class ProcessAgentFactory : public AgentFactory {
 public:
  explicit ProcessAgentFactory(ChildAgentOptions options) : options_(std::move(options)) {}
  std::unique_ptr<Agent> Make(const strategy::Strategy& strategy) const override;
  std::string fingerprint() const override;

 private:
  const ChildAgentOptions options_;
};

}  // namespace kedge::agent
