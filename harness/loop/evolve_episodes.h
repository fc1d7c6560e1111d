#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "guards/monitor.h"
#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/core/observer.h"
#include "harness/gate/policy.h"
#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"
#include "reports/evolution_report.h"

namespace kedge::loop {

/// What all episodes of an evolution share. What it refers to must outlive it.
struct EvolutionEpisodes {
  const gate::GatePolicy& policy;
  std::shared_ptr<const guards::Policy> guard_policy;  ///< may be null
  const agent::AgentFactory& agents;
  const Clock& clock;
  Observer& observer;
  unsigned threads = 2;
};

/// The strategy acts once on every task of `suite`. Its traces go to folder/traces.jsonl; `prefix`
/// goes before their ids, so that several archives can be read together. Goes on from the journal
/// in the folder. Throws Error.
void RecordTasks(const EvolutionEpisodes& episodes, std::shared_ptr<const suite::Suite> suite,
                 const strategy::Strategy& strategy, std::uint64_t seed, const std::string& folder,
                 const std::string& prefix);

/// Success of the strategy on every task of `suite`, in its order. Goes on from the journal; a
/// missing episode counts as a failure.
std::vector<bool> SolveTasks(const EvolutionEpisodes& episodes,
                             std::shared_ptr<const suite::Suite> suite,
                             const strategy::Strategy& strategy, std::uint64_t seed,
                             const std::string& journal_file);

/// The score of `now`, compared with the same tasks before. All three are equally long and not
/// empty.
reports::HeldOutScore CompareSolved(const std::vector<bool>& now, const std::vector<bool>& last,
                                    const std::vector<bool>& start);

}  // namespace kedge::loop
