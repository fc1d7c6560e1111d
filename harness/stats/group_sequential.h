#pragma once

#include <vector>

namespace kedge::stats {

/// One-sided group-sequential design with K equally spaced looks and Lan-DeMets spending of
/// O'Brien-Fleming type (Lan and DeMets 1983): alpha*(t) = 2 - 2 Phi(z_{1-alpha/2} / sqrt t).
struct GroupSequentialDesign {
  std::vector<double> cumulative_alpha;  ///< spent up to each look
  std::vector<double> z_bounds;          ///< reject at look k when z_k reaches this
};

/// 0 < alpha < 1/2, 1 <= looks <= 50. Bounds by recursive numerical integration (Armitage,
/// McPherson and Rowe 1969), accurate to about 1e-6. For a declared schedule with a known maximum.
GroupSequentialDesign LanDeMetsObrienFleming(double alpha, int looks);

}  // namespace kedge::stats
