#pragma once

#include <cstdint>

#include "harness/stats/betting.h"
#include "harness/stats/vault.h"

namespace kedge::stats {

/// One question to a vault: "is a loss of tau excluded?". A betting test of E[D] <= -tau at a level
/// that pays for every question of every transcript with at most `fails` failed answers, the union
/// bound of VaultBudget: alpha / (2 k sum_{j<=fails} C(k, j)). So it may stop as soon as it has
/// passed, and holds whatever the discordance turns out to be; psi only sets the bet.
/// Each task is used once, in random order. Not thread-safe.
class VaultQuestion {
 public:
  /// `fails` in [1, design.queries]. Throws Error(kBadData) out of range.
  VaultQuestion(const VaultDesign& design, std::int64_t fails);

  /// The next task's difference, candidate minus champion, in [-1, 1].
  void Add(double difference) { bet_.Update(difference); }

  bool passed() const { return bet_.log_wealth() >= log_threshold_; }
  double log_e() const { return bet_.log_wealth(); }
  double log_threshold() const { return log_threshold_; }

 private:
  double log_threshold_;
  BetProcess bet_;
};

}  // namespace kedge::stats
