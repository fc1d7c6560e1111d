#pragma once

#include <cstdint>

#include "harness/stats/descriptive.h"

namespace kedge::stats {

/// Counts of paired binary outcomes; each >= 0.
struct PairedCounts {
  std::int64_t both = 0;
  std::int64_t only_champion = 0;
  std::int64_t only_candidate = 0;
  std::int64_t neither = 0;

  std::int64_t total() const { return both + only_champion + only_candidate + neither; }
};

/// Two-sided Wilson score interval for x successes of n, without continuity correction (Wilson
/// 1927). 0 <= x <= n, n > 0, 0 < level < 1, else Error(kBadData); so for all functions below.
Interval WilsonInterval(std::int64_t x, std::int64_t n, double level);

/// Exact two-sided interval (Clopper and Pearson 1934); the low end is 0 for x = 0 and the high
/// end 1 for x = n.
Interval ClopperPearsonInterval(std::int64_t x, std::int64_t n, double level);

/// Difference of paired proportions, candidate minus champion.
struct PairedDifference {
  double difference = 0;
  double phi = 0;  ///< the correlation the method used; 0 where it uses none
  Interval interval;
};

/// Newcombe (1998), "Improved confidence intervals for the difference between binomial proportions
/// based on paired data", method 10: Wilson limits joined with a continuity-corrected phi.
PairedDifference Newcombe10(const PairedCounts& counts, double level);

/// Wald interval for the paired difference; may leave [-1, 1].
PairedDifference WaldPairedDifference(const PairedCounts& counts, double level);

/// Wald interval after adding 1/2 to each cell (Agresti and Min 2005); `difference` is the adjusted
/// centre.
PairedDifference AgrestiMinPairedDifference(const PairedCounts& counts, double level);

}  // namespace kedge::stats
