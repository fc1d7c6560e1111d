#pragma once

#include <vector>

#include "agent_ref/hypothesis.h"

namespace kedge::agent_ref {

/// Episodes with an outcome in which a tool that was chosen for a goal never worked and failed with
/// one error to the end: what did other tools do for it? `helpers` are those that were called by
/// chance and worked after the first of these errors, `replacements` those of them that were tried
/// in the tool's place. Good: the episode succeeded.
std::vector<Trial> InsteadTrials(const std::vector<const EpisodeView*>& views);

/// What the trials say about values from elsewhere (kSource) and about tools in place of others
/// (kInstead), in a fixed order. A value that messages gave is judged as a constant as well as by
/// where it came from; where all were one value, the constant comes first. Of kInstead only what
/// was tried in the tool's place is a hypothesis, and every episode in which it worked counts for
/// it.
std::vector<Finding> SourceFindings(const std::vector<Trial>& trials);

}  // namespace kedge::agent_ref
