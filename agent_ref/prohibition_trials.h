#pragma once

#include <set>
#include <string>
#include <vector>

#include "agent_ref/hypothesis.h"

namespace kedge::agent_ref {

/// Trials of kRefuse: episodes with an outcome in which one of `tools`, chosen for a goal, was
/// about to be called, and either was called (whether it worked or not) or was refused by
/// exploration. Good: the episode succeeded. An episode in which anything else was refused says
/// nothing.
std::vector<Trial> RefusalTrials(const std::vector<const EpisodeView*>& views,
                                 const std::set<std::string>& tools);

/// Trials of kBlocks and kHarms: episodes in which one of `tools`, chosen for a goal, was called.
/// Helpers are successful calls about the same thing: those that have an argument in common with
/// the tool's call, by name and value, or none at all. Where the traces log decisions, only those
/// count that exploration picked or a rule asked for, against those that chance left out.
///
/// kBlocks: helpers before the first call; good: the tool never worked. kHarms, where the tool
/// worked and there is an outcome: helpers before the first call and after the last that worked;
/// good: the episode failed.
std::vector<Trial> HarmTrials(const std::vector<const EpisodeView*>& views,
                              const std::set<std::string>& tools);

/// Every prohibition about which the trials say anything, in a fixed order.
std::vector<Hypothesis> Prohibitions(const std::vector<Trial>& trials);

}  // namespace kedge::agent_ref
