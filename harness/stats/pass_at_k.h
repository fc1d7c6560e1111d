#pragma once

#include <cstdint>
#include <span>

namespace kedge::stats {

/// Repeats of one task.
struct Trials {
  std::int64_t n = 0;          ///< repeats
  std::int64_t successes = 0;  ///< 0 <= successes <= n
};

/// pass@k = 1 - C(n-c, k) / C(n, k): at least one of k draws passes (Chen et al. 2021). 1 <= k <=
/// n, else Error(kBadData). No overflow for any n; O(k).
double PassAtK(const Trials& trials, std::int64_t k);

/// pass^k = C(c, k) / C(n, k): all k draws pass (Yao et al. 2024, tau-bench).
double PassHatK(const Trials& trials, std::int64_t k);

/// Unweighted means over tasks; every task needs n >= k (leave shorter ones out before).
double MeanPassAtK(std::span<const Trials> tasks, std::int64_t k);
double MeanPassHatK(std::span<const Trials> tasks, std::int64_t k);

}  // namespace kedge::stats
