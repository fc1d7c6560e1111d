#pragma once

#include <optional>

#include "harness/gate/verdict.h"

namespace kedge::gate {

/// Pairs lost to infrastructure, by the side that was missing (both may be).
struct Drops {
  std::int64_t complete = 0;
  std::int64_t dropped = 0;
  std::int64_t champion_missing = 0;
  std::int64_t candidate_missing = 0;
};

/// The reason (`data_quality` or `infrastructure`) why no verdict may rest on these pairs, if there
/// is one: more than `max_share` dropped, or one arm missing significantly more often than the
/// other (two-sided binomial p < 0.01).
std::optional<Reason> FindDataQualityProblem(const Drops& drops, double max_share);

}  // namespace kedge::gate
