#pragma once

#include <cstddef>
#include <vector>

#include "agent_ref/episode_view.h"
#include "agent_ref/hypothesis.h"
#include "harness/core/json.h"

namespace kedge::agent_ref {

/// What a rule about the call at `call` could have asked: {"arguments": {...}, "seen": {...}}, flat
/// objects of texts, numbers and booleans. "seen" is SeenRows::About the call, over the results of
/// the successful calls before it; with `after`, its own result belongs to them. Results of calls
/// that exploration picked are left out: an agent that only follows rules would not have them.
Json SituationOf(const EpisodeView& view, std::size_t call, bool after = false);

/// Fills Trial::situation of every trial from the tool's own call that it began with (`steps[0]`),
/// or from the call that was refused there; for kAfter when that call had worked. Each result is
/// parsed once for every episode.
void NoteSituations(std::vector<Trial>& trials);

}  // namespace kedge::agent_ref
