#pragma once

#include <string>
#include <vector>

#include "agent_ref/hypothesis.h"
#include "harness/strategy/strategy.h"

namespace kedge::agent_ref {

/// Whether a rule that keeps a harmful helper away from a tool is worth having next to `rules`, the
/// active guidelines of parent and candidate: only an exception to a wide rule is. Empty when some
/// rule calls the helper around the tool and is not about that tool alone; else why not: nothing
/// calls it, or a rule of the tool itself does, which is then to be looked at again and not to be
/// contradicted. `avoid` is the guideline.
std::string WhyNotAvoid(const Hypothesis& harm, const strategy::Guideline& avoid,
                        const std::vector<strategy::Guideline>& rules,
                        const std::vector<const EpisodeView*>& views);

}  // namespace kedge::agent_ref
