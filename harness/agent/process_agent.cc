#include "harness/agent/process_agent.h"

#include <utility>

#include "harness/agent/end_names.h"
#include "harness/agent/episode_messages.h"
#include "harness/core/error.h"

namespace kedge::agent {
namespace {

constexpr int kMaxFailedStarts = 3;

EpisodeEnd Unavailable(const std::string& why) {
  EpisodeEnd end = FailedEnd(kAgentUnavailable, why);
  end.infrastructure = true;
  return end;
}

}  // namespace

ProcessAgent::ProcessAgent(ChildAgentOptions options, const strategy::Strategy& strategy)
    : options_(std::move(options)),
      initialize_params_(InitializeParams(strategy)),
      strategy_reference_(StrategyReference(strategy)) {}

void ProcessAgent::Start() {
  if (worker_ && worker_->IsReady()) return;
  worker_.reset();
  worker_ = std::make_unique<Worker>(options_, initialize_params_);
}

EpisodeEnd ProcessAgent::Run(const EpisodeStart& start, EpisodeIo& io) {
  if (failed_starts_ >= kMaxFailedStarts) return Unavailable(last_start_error_);
  try {
    Start();
    failed_starts_ = 0;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInternal) throw;
    ++failed_starts_;
    last_start_error_ = error.what();
    return Unavailable(last_start_error_);
  }
  // Given up for the time of the episode: when something is thrown, the worker, which is in the
  // middle of it, goes too.
  std::unique_ptr<Worker> worker = std::move(worker_);
  bool usable = false;
  EpisodeEnd end = worker->Run(start, strategy_reference_, io, usable);
  if (usable) worker_ = std::move(worker);
  return end;
}

std::unique_ptr<Agent> ProcessAgentFactory::Make(const strategy::Strategy& strategy) const {
  auto agent = std::make_unique<ProcessAgent>(options_, strategy);
  agent->Start();
  return agent;
}

std::string ProcessAgentFactory::fingerprint() const {
  return "process " + CanonicalJson(options_.program.argv);
}

}  // namespace kedge::agent
