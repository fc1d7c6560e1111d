#pragma once

#include <cstdint>

namespace kedge::stats {

/// A vault of held-out tasks answers one bit per query: "a loss of tau is not excluded" (fail) or
/// nothing. How many `fail` answers it may give before adaptivity could fool it.
struct VaultDesign {
  std::int64_t tasks = 0;    ///< n >= 1
  double psi = 0.25;         ///< discordance, in (0, 1]
  double tau = 0.10;         ///< loss to be excluded, in (0, 1]
  std::int64_t queries = 0;  ///< k >= 1 planned
  double alpha = 0.05;
};
struct VaultBudget {
  double exponent = 0;  ///< Bernstein: n tau^2 / (2 (psi + tau / 3))
  /// Largest B with ln 2k + ln sum_{j<=B} C(k, j) <= ln alpha + exponent, at most k; -1 when even
  /// B = 0 fails, i.e. the vault is too small for this tau.
  std::int64_t fails = -1;
};

/// Union bound over all transcripts with at most B fails (as in Blum and Hardt 2015). O(k).
VaultBudget ComputeVaultBudget(const VaultDesign& design);

}  // namespace kedge::stats
