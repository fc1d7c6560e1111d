#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent_ref/hypothesis.h"
#include "harness/strategy/rule.h"
#include "harness/strategy/strategy.h"

namespace kedge::agent_ref {

/// A rule of the parent that was learned, with what has become of it since.
struct FormerRule {
  std::string id;
  Finding finding;  ///< kFails: new tries against those that the rule was learned from
};

/// The rule's one remedy, a helper or a value, as a hypothesis of kFails about the first tool that
/// it names; nothing when it has none, or more than one, or names no tool.
std::optional<Hypothesis> RemedyOf(const strategy::Rule& rule);

/// The active learned rules of the parent that are about an error (`evidence.error`), in document
/// order: those with sources and without a place in `kept`. A rule that a person laid down has no
/// sources and is not among them.
///
/// A try counts as new when the remedy came as the rule says: right before the next try (after the
/// error), or before the tool's first call (a precondition). "Good" in the table is a failure: the
/// error came back. p is Fisher's exact test of the new tries against the counts that the rule
/// brought along (`evidence.with`).
std::vector<FormerRule> FormerRules(const strategy::Strategy& parent,
                                    const std::set<std::string>& kept,
                                    const std::vector<const EpisodeView*>& views,
                                    const std::vector<Trial>& trials);

}  // namespace kedge::agent_ref
