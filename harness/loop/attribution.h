#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/core/json.h"
#include "harness/strategy/strategy.h"

namespace kedge::loop {

/// Where a rule made the agent do something else.
struct ChangedAction {
  std::string episode;
  std::int64_t step = 0;  ///< of the decision; up to there both episodes are the same
  std::string point;      ///< of the decision
  std::string with;       ///< what was done under the rule
  std::string without;    ///< what was done at the same place when it was removed
};

/// What the removal of one rule changes, all else equal.
struct RuleEffect {
  std::string rule;
  std::int64_t fired = 0;     ///< episodes in which the rule spoke
  std::int64_t compared = 0;  ///< of these, run again without it
  std::int64_t changed = 0;   ///< of these, with another action at the first place it spoke
  std::int64_t successes_with = 0, successes_without = 0;  ///< among the compared
  std::vector<ChangedAction> examples;                     ///< the first few
};
Json ToJson(const RuleEffect& effect);

/// The strategy with that guideline retired and nothing else different. Throws Error(kBadData) when
/// it has none of that id.
strategy::Strategy WithoutGuideline(const strategy::Strategy& strategy, const std::string& id);

struct AttributionOptions {
  std::string suite_folder;
  std::map<std::string, std::string> data;  ///< as suite::SuiteOptions::data
  std::uint64_t suite_seed = 0;
  std::uint64_t variant = 0;  ///< of the world
  std::uint64_t run_seed = 1;
  std::int64_t most_episodes = 40;  ///< run again for each rule; at least 1
};

/// Leave-one-out attribution: runs `strategy` once on every dev task and, for each of `rules`, runs
/// episodes in which it spoke again with that rule retired and nothing else different: same task,
/// same seed, and an agent whose chance is keyed by the decision point (agent_ref) draws the same.
/// In the order of `rules`. Throws Error(kBadData) for a rule that the strategy does not have.
/// O(tasks + rules * most_episodes) episodes.
std::vector<RuleEffect> AttributeActions(const AttributionOptions& options,
                                         const strategy::Strategy& strategy,
                                         const std::vector<std::string>& rules,
                                         const agent::AgentFactory& agents, const Clock& clock);

}  // namespace kedge::loop
