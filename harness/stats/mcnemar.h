#pragma once

#include <cstdint>

namespace kedge::stats {

/// P-values of McNemar's test on paired binary outcomes (McNemar 1947). Only discordant pairs
/// count: under the null each is a win or a loss with probability 1/2.
struct McnemarResult {
  double exact_two_sided = 1;  ///< min(1, 2 P(X <= min(b, c)))
  /// Twice the smaller tail with half the weight of the observed split; 1 when b == c.
  double midp_two_sided = 1;
  /// Exact two-sided p minus the point probability of the observed split (Fagerland, Lydersen and
  /// Laake 2013, "The McNemar test for binary matched-pairs data"); 1 - P(X = b) when b == c. The
  /// same number as `midp_two_sided` unless b == c.
  double midp_two_point = 1;
  double exact_greater = 1;   ///< P(X >= c): evidence that the candidate is better
  double midp_greater = 0.5;  ///< P(X > c) + P(X = c) / 2
  double exact_less = 1;      ///< P(X <= c): evidence that the candidate is worse
  double midp_less = 0.5;
};

/// `losses` = pairs where only the champion passed (b), `wins` = pairs where only the candidate
/// passed (c), both >= 0, else Error(kBadData). Relative accuracy 1e-10 in either tail up to
/// a million discordant pairs. With no discordant pair: one-sided mid-p 0.5, every other p 1,
/// apart from `midp_two_point`, which is 0 by its formula and reported as 1.
McnemarResult McnemarTest(std::int64_t losses, std::int64_t wins);

}  // namespace kedge::stats
