#pragma once

#include <set>
#include <string>
#include <vector>

#include "agent_ref/finding_selection.h"
#include "agent_ref/hypothesis.h"
#include "agent_ref/learner.h"
#include "harness/strategy/strategy.h"

namespace kedge::agent_ref {

/// A learned rule of the parent without which it goes as well.
struct NeedlessRule {
  std::string id;
  Judged judged;          ///< kNeedless; "with" in the table is: the rule was left out
  std::string objection;  ///< why it may not be retired for that; empty when it may
};

/// What became of calls when exploration left a learned rule out
/// (`planner/parameters/explore_skip`), for the active rules of the parent with sources, one tool,
/// one helper or value and no place in `options.kept_guidelines`, in document order; rules that are
/// followed everywhere are not listed.
///
/// Of each episode the rule's first moment counts, unless what was left out was done all the same.
/// Good: from there on the tool worked and did not meet the error that the rule was learned from
/// (`evidence.error`), and the episode succeeded, where its outcome is known. Whether
/// the rule speaks at a moment does not depend on chance, and whether it is followed depends on
/// nothing else, so the difference is its own. p is that of NoninferiorityP with `min_effect` as
/// the margin: a rule that helps by less would not have been learned. Fewer than 20 episodes on
/// either side say nothing. These p-values are adjusted by themselves at `alpha` (Benjamini and
/// Hochberg).
std::vector<NeedlessRule> NeedlessRules(const strategy::Strategy& parent,
                                        const std::vector<const EpisodeView*>& views,
                                        const LearnOptions& options, bool named_principals);

}  // namespace kedge::agent_ref
