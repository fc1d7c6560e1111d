#pragma once

#include <cstdint>

namespace kedge::guards {

/// Judges `pairs` random (policy, episode) pairs, drawn from `first_seed` on, by the monitor and by
/// ReferenceInterpreter; fails the running test at the first disagreement, and when the episodes
/// break too few rules for agreement to mean much.
void CompareWithReference(int pairs, std::uint64_t first_seed);

}  // namespace kedge::guards
