#pragma once

#include "harness/stats/conditional_exact.h"

namespace kedge::stats {

/// P(evidence at least this strong | the exposed rate lies `margin` below the unexposed one): the
/// one-sided score test of Farrington and Manning (1990, "Test statistics and sample size formulae
/// for comparative binomial trials with null hypothesis of non-zero risk difference or non-unity
/// relative risk"), with the maximum likelihood estimate under that null. A small value shows that
/// the exposed group is not worse by `margin` or more. Asymptotic: for 30 trials or more in each
/// group its size stays within about 1.4 times the nominal 0.05. 1 for an empty group. 0 < margin <
/// 1 and 0 <= successes <= trials, else Error(kBadData).
double NoninferiorityP(const TwoByTwo& table, double margin);

}  // namespace kedge::stats
