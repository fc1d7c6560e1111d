#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/core/observer.h"
#include "harness/gate/verdict.h"
#include "harness/loop/gate_steps.h"
#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"

namespace kedge::loop {

/// How an episode ended, as far as a planter wants to know.
struct ProbeOutcome {
  bool success = false;
  std::vector<std::string> broken;  ///< guards
};

/// Measured on tasks that no gate sees.
struct ProbedEffect {
  gate::Interval overall;                        ///< 95 %, by the weights of the strata
  std::map<std::string, gate::Interval> strata;  ///< 95 %
  std::int64_t tasks = 0;
};

/// Runs strategies on fresh tasks of populations of its own, to see what a planted candidate truly
/// does. What it refers to must outlive it. Remembers what it ran. Not thread-safe.
class Probe {
 public:
  Probe(std::string suite_folder, const GateRules& rules, const agent::AgentFactory& agents,
        const Clock& clock, Observer& observer, unsigned threads, std::uint64_t seed);

  /// Tasks of a split; each round is another population. `tasks_per_family` 0: the suite's own.
  std::shared_ptr<const suite::Suite> Tasks(const std::string& split, std::int64_t round,
                                            std::int64_t tasks_per_family = 0);
  /// One episode for each task of that suite, in its order.
  const std::vector<ProbeOutcome>& Run(const strategy::Strategy& strategy, const std::string& split,
                                       std::int64_t round, std::int64_t tasks_per_family = 0);
  /// Share of those that were solved.
  double Success(const strategy::Strategy& strategy, const std::string& split, std::int64_t round,
                 std::int64_t tasks_per_family);

  struct Trial {
    const strategy::Strategy& champion;
    const strategy::Strategy& candidate;
    std::int64_t round = 0;
    std::int64_t tasks_per_family = 0;  ///< 0: the suite's own
  };
  /// Candidate minus champion on the gate's families, both on the same tasks with the same chance.
  ProbedEffect Effect(const std::vector<Trial>& trials);

 private:
  using Key = std::tuple<std::string, std::int64_t, std::int64_t>;

  const std::string suite_folder_;
  const GateRules& rules_;
  const agent::AgentFactory& agents_;
  const Clock& clock_;
  Observer& observer_;
  const unsigned threads_;
  const std::uint64_t seed_;
  std::map<Key, std::shared_ptr<const suite::Suite>> suites_;
  std::map<std::pair<std::string, Key>, std::vector<ProbeOutcome>> runs_;  // by strategy hash
};

}  // namespace kedge::loop
