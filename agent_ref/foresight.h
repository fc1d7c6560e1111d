#pragma once

#include <cstddef>
#include <vector>

#include "agent_ref/condition_search.h"
#include "agent_ref/hypothesis.h"

namespace kedge::agent_ref {

/// The first call in each episode of every tool that some trial is about, as a trial of kFirstCall:
/// `error` is what it answered, `helpers` are the tools that had succeeded before.
std::vector<Trial> FirstCallTrials(const std::vector<const EpisodeView*>& views,
                                   const std::vector<Trial>& trials);

/// Where an error can be seen coming, so that what helps against it is better done before the first
/// call than after it failed: findings of kForesees, one at most for each recovery in `recoveries`,
/// in their order. They save calls and change nothing else.
///
/// Of the first calls without the remedy the condition (one field) is the one that makes the
/// shortest description of which of them met the error, by `min_bits` at least; nine in ten must
/// have met it where it holds. p is the exact binomial chance of so many if no more than half did,
/// for then the remedy is called in vain as often as not, times the number of conditions that were
/// searched. Where the tool (almost) never works at first there is nothing to foresee. The table
/// counts first calls that met the error, where the condition holds and elsewhere.
ConditionSearch ForesightFindings(const std::vector<Trial>& trials,
                                  const std::vector<Hypothesis>& recoveries,
                                  const ConditionNeeds& needs);

}  // namespace kedge::agent_ref
