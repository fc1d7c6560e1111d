#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "guards/monitor.h"
#include "harness/agent/agent.h"
#include "harness/core/clock.h"
#include "harness/core/observer.h"
#include "harness/gate/policy.h"
#include "harness/strategy/strategy.h"
#include "harness/suite/suite.h"
#include "harness/trace/archive_writer.h"
#include "reports/appraisal_report.h"

namespace kedge::loop {

/// What all episodes of an appraisal share. What it refers to must outlive it.
struct AppraisalEpisodes {
  const gate::GatePolicy& policy;
  std::shared_ptr<const guards::Policy> guard_policy;  ///< may be null
  std::shared_ptr<const suite::Suite> suite;           ///< dev tasks
  const agent::AgentFactory& agents;
  const Clock& clock;
  Observer& observer;
  unsigned threads = 2;
  std::uint64_t seed = 1;
};

/// What came of one episode.
struct EpisodeResult {
  bool success = false;
  bool missing = false;          ///< nothing was learnt: no pair
  std::set<std::string> broken;  ///< guards of the policy (`hard` and `rate`)
};

struct ArmResult {
  std::vector<EpisodeResult> episodes;             ///< one for each task, in the suite's order
  std::int64_t spoke = 0;                          ///< episodes in which `rule` was followed
  std::vector<strategy::GuidelineSource> sources;  ///< of those without a broken guard
};

/// Every task once, with the same seeds for every strategy. `rule` is the id of the guideline to
/// look for in decisions (empty: none). Traces that `sources` names are written to `archive` (may
/// be null) with `rule` and "/" before their ids.
ArmResult RunArm(const AppraisalEpisodes& episodes, const strategy::Strategy& strategy,
                 const std::string& rule, trace::ArchiveWriter* archive);

/// One-sided p-values of an item before the correction over all items.
struct ItemTests {
  double better = 1;
  std::vector<double> worse;             ///< overall, then each stratum, then each rate guard
  std::vector<std::string> worse_names;  ///< "overall", "stratum:...", "guard:..."
  std::vector<std::string> hard_broken;  ///< hard guards that only the item's episodes broke
};

/// Compares pairwise; fills pairs, counts and effect of `item`.
ItemTests ComparePairs(const AppraisalEpisodes& episodes, const ArmResult& champion,
                       const ArmResult& with_item, reports::AppraisedItem& item);

/// Decides every compared item at familywise error `alpha`: Holm over all its tests and all items.
/// `tests` and `items` run in parallel. A gain or loss below the policy's margins is neutral when
/// the interval excludes more; what is neither shown nor excluded is undecided.
void DecideItems(const gate::GatePolicy& policy, double alpha, const std::vector<ItemTests>& tests,
                 const std::vector<reports::AppraisedItem*>& items);

}  // namespace kedge::loop
