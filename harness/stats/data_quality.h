#pragma once

#include <cstdint>

namespace kedge::stats {

/// Pairs lost to infrastructure (time-outs of the harness, judges that did not answer), after
/// retries. What an agent causes itself is an outcome, not a loss.
struct DroppedPairs {
  std::int64_t planned = 0;            ///< pairs attempted, dropped ones included
  std::int64_t champion_missing = 0;   ///< pairs whose champion side is missing
  std::int64_t candidate_missing = 0;  ///< pairs whose candidate side is missing
  std::int64_t both_missing = 0;       ///< of these, pairs with neither side; counted in both above
};

struct DataQuality {
  std::int64_t dropped = 0;
  double dropped_share = 0;
  double arms_p = 1;  ///< two-sided exact binomial: one arm loses more than the other
  bool acceptable = true;
};

/// Not acceptable when the dropped share exceeds `max_share`, or the arms differ with p <
/// `arms_alpha`. Throws Error(kBadData) for impossible counts.
DataQuality CheckDataQuality(const DroppedPairs& dropped, double max_share = 0.05,
                             double arms_alpha = 0.01);

}  // namespace kedge::stats
