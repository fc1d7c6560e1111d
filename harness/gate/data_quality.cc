#include "harness/gate/data_quality.h"

#include <fmt/format.h>

namespace kedge::gate {

std::int64_t DroppedCount(const stats::DroppedPairs& drops) {
  return drops.champion_missing + drops.candidate_missing - drops.both_missing;
}

std::optional<Reason> FindDataQualityProblem(const stats::DroppedPairs& drops, double max_share) {
  const stats::DataQuality quality = stats::CheckDataQuality(drops, max_share);
  if (quality.acceptable) return std::nullopt;
  if (quality.dropped > drops.planned - quality.dropped) {
    return Reason{
        "infrastructure",
        fmt::format("{} of {} pairs could not be completed; the traces name the failures.",
                    quality.dropped, drops.planned)};
  }
  if (quality.dropped_share > max_share) {
    return Reason{"data_quality",
                  fmt::format("{:.1f} % of the pairs were dropped, the policy allows {:.1f} %.",
                              100 * quality.dropped_share, 100 * max_share)};
  }
  return Reason{"data_quality",
                fmt::format("episodes are missing unequally: {} of the champion, {} of the "
                            "candidate (p = {:.2g}).",
                            drops.champion_missing, drops.candidate_missing, quality.arms_p)};
}

}  // namespace kedge::gate
