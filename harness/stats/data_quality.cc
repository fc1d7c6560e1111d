#include "harness/stats/data_quality.h"

#include <algorithm>

#include "harness/stats/checks.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {

DataQuality CheckDataQuality(const DroppedPairs& d, double max_share, double arms_alpha) {
  RequireProbability(max_share, "largest dropped share");
  RequireProbability(arms_alpha, "level of the comparison of arms");
  Require(
      d.both_missing >= 0 && d.both_missing <= std::min(d.champion_missing, d.candidate_missing),
      "dropped pairs: more pairs miss both sides than miss one of them");
  DataQuality q;
  q.dropped = d.champion_missing + d.candidate_missing - d.both_missing;
  Require(q.dropped <= d.planned, "dropped pairs: more dropped than planned");
  if (q.dropped == 0) return q;
  q.dropped_share = static_cast<double>(q.dropped) / static_cast<double>(d.planned);
  // Pairs that miss both sides say nothing about a difference between the arms.
  const std::int64_t champion_only = d.champion_missing - d.both_missing;
  const std::int64_t candidate_only = d.candidate_missing - d.both_missing;
  q.arms_p = BinomialSignTest(champion_only, champion_only + candidate_only);
  q.acceptable = q.dropped_share <= max_share && q.arms_p >= arms_alpha;
  return q;
}

}  // namespace kedge::stats
