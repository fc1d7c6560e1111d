#pragma once

#include <cstdint>
#include <optional>

#include "harness/gate/verdict.h"
#include "harness/stats/data_quality.h"

namespace kedge::gate {

/// Pairs of which a side, or both, is missing.
std::int64_t DroppedCount(const stats::DroppedPairs& drops);

/// The reason (`data_quality` or `infrastructure`) why no verdict may rest on these pairs, if there
/// is one: more than `max_share` dropped, or one arm missing significantly more often than the
/// other (two-sided binomial p < 0.01).
std::optional<Reason> FindDataQualityProblem(const stats::DroppedPairs& drops, double max_share);

}  // namespace kedge::gate
