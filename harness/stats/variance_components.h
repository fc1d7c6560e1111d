#pragma once

#include <span>
#include <vector>

#include "harness/stats/pass_at_k.h"

namespace kedge::stats {

/// One-way random-effects analysis of repeats nested in tasks (Shrout and Fleiss 1979).
struct VarianceComponents {
  double n0 = 0;           ///< repeats per task; the usual effective number when unbalanced
  double msb = 0;          ///< mean square between tasks
  double msw = 0;          ///< mean square within tasks
  double f = 0;            ///< msb / msw; infinite or NaN when nothing varies within tasks
  double var_between = 0;  ///< (msb - msw) / n0, may be negative
  double var_between_truncated = 0;  ///< max(0, that)
  double var_within = 0;
  double icc1 = 0;     ///< var_between / (var_between + var_within); NaN when nothing varies
  double icc1k = 0;    ///< reliability of a task's mean; balanced data only, else NaN
  double se_mean = 0;  ///< sqrt(msb / N): of the grand mean; holds both components already
  /// Mean over repeat pairs of E[(y_j - y_k)^2], for binary outcomes the rate at which two runs of
  /// the same agent disagree; 2 * msw when balanced.
  double aa_discordance = 0;
};

/// `groups[i]` = outcomes of task i. At least two tasks, each non-empty, at least one with two
/// repeats; finite. se_mean assumes balance.
VarianceComponents AnalyseRepeats(const std::vector<std::vector<double>>& groups);

/// Beta-binomial moments from success counts of n >= 2 repeats each (balanced).
struct BetaBinomial {
  double mean = 0;   ///< pass^1
  double pass2 = 0;  ///< pass^2
  double rho = 0;    ///< (pass2 - mean^2) / (mean (1 - mean)), the ICC; NaN when mean is 0 or 1
  double a = 0;      ///< of the Beta distribution with these moments; may be infinite or negative
  double b = 0;
  double aa_discordance = 0;  ///< 2 (mean - pass2)
};

/// Not empty, every task with at least two trials.
BetaBinomial BetaBinomialMoments(std::span<const Trials> tasks);

}  // namespace kedge::stats
