#include "harness/stats/mcnemar.h"

#include <algorithm>

#include "harness/stats/checks.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {

McnemarResult McnemarTest(std::int64_t losses, std::int64_t wins) {
  Require(losses >= 0 && wins >= 0, "McNemar: counts of discordant pairs cannot be negative");
  McnemarResult r;
  const std::int64_t n = losses + wins;
  if (n == 0) return r;
  const double point = BinomialPmf(wins, n, 0.5);
  const double low = BinomialCdf(std::min(losses, wins), n, 0.5);
  r.exact_two_sided = std::min(1.0, 2 * low);
  r.midp_two_sided = std::min(1.0, 2 * low - point);
  r.midp_two_point = r.exact_two_sided - point;
  r.exact_greater = BinomialAtLeast(wins, n, 0.5);
  r.exact_less = BinomialCdf(wins, n, 0.5);
  r.midp_greater = r.exact_greater - 0.5 * point;
  r.midp_less = r.exact_less - 0.5 * point;
  return r;
}

}  // namespace kedge::stats
