#pragma once

#include <functional>
#include <memory>
#include <string>

#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"

namespace kedge::run {

/// What a fake agent does in an episode; `strategy` is the name of the strategy it runs under.
using Behaviour = std::function<agent::EpisodeEnd(
    const std::string& strategy, const agent::EpisodeStart& start, agent::EpisodeIo& io)>;

/// Agents that behave as a function says; counts how many were made.
class FakeAgents : public agent::AgentFactory {
 public:
  explicit FakeAgents(Behaviour behaviour) : behaviour_(std::move(behaviour)) {}
  std::unique_ptr<agent::Agent> Make(const strategy::Strategy& strategy) const override;
  std::string fingerprint() const override { return "fake"; }

 private:
  Behaviour behaviour_;
};

/// A strategy whose content, and so its hash, depends on the name.
strategy::Strategy NamedStrategy(const std::string& name);

/// A suite without a world: families f1 and f2 in stratum "one", f3 in stratum "two",
/// `tasks_per_family` each; the answer to every task must contain "yes". `extra` members are added
/// to every task.
std::shared_ptr<const suite::Suite> FixtureSuite(const std::string& folder, int tasks_per_family,
                                                 const Json& extra = Json::object());

/// An episode that ended with this answer; one that ended by infrastructure.
agent::EpisodeEnd Answered(const std::string& text);
agent::EpisodeEnd Unavailable();

/// Answers "yes" or "no" by the episode's seed (the champion half, others seven tenths of the time)
/// after asking the user and recording a decision; takes a moment that depends on the clock's
/// whims, so that threads finish in another order every time.
agent::EpisodeEnd CoinAgent(const std::string& strategy, const agent::EpisodeStart& start,
                            agent::EpisodeIo& io);

/// The outcome without what depends on wall time, as one line.
std::string Fingerprint(trace::Outcome outcome);

/// A clock that stands still until it is told to move.
class ManualClock : public Clock {
 public:
  std::int64_t UnixNanos() const override { return 1'000 + nanos_; }
  std::int64_t SteadyNanos() const override { return nanos_; }
  void Advance(std::int64_t nanos) { nanos_ += nanos; }

 private:
  std::int64_t nanos_ = 0;
};

}  // namespace kedge::run
