#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kedge::stats {

/// Names below: D = outcome(candidate) - outcome(champion) of one pair, in [-1, 1]. Losses and
/// margins are written as positive numbers.

/// A suite, or a named group of its families, that must not get worse by itself.
struct StratumDesign {
  std::string name;
  double weight = 1;        ///< planned share in the overall effect; all weights sum to 1
  double delta = 0.10;      ///< loss that must be excluded (0.05 for critical suites), in (0, 1)
  double tau = 0;           ///< loss that is tolerated before BLOCK, 0 <= tau < delta
  int pairs_per_round = 1;  ///< 1 ... 1000
};

/// A violation rate that must not rise.
struct GuardDesign {
  std::string name;
  double margin = 0.02;  ///< rise that must be excluded, in (0, 1)
  /// Also: the candidate's own rate must be shown to be below this, in (0, 1). (For "never" use
  /// SequentialGate::ReportHardViolation.)
  std::optional<double> absolute_max;
};

/// Cost, latency or another amount per run that must not rise by more than a share.
struct ResourceDesign {
  std::string name;
  double tolerance = 0.10;            ///< r > 0: a ratio above 1 + r must be excluded
  double cap = 1;                     ///< c_max > 0: amounts above it count as c_max
  double champion_mean = 0.1;         ///< expected champion amount, in (0, cap]
  double prior_second_moment = 0.01;  ///< of the scaled difference, in (0, 1]
};

enum class Objective {
  kQuality,  ///< PROMOTE needs a gain in outcomes
  kCost,     ///< PROMOTE needs a saving of the first resource, and no overall loss at alpha
  kEither,   ///< one of both; alpha is split 0.8 quality, 0.2 cost
};

/// Of alpha, what the gain in outcomes has when either objective may promote; the saving has the
/// rest.
inline constexpr double kQualityShareOfAlpha = 0.8;

enum class HoldMode {
  kInformative,  ///< HOLD_NO_DIFFERENCE excludes regressions too
  kEconomy,      ///< stops once no worthwhile gain is left; regressions are then not excluded
};

/// Everything the sequential rule fixes in advance.
struct GateDesign {
  double alpha = 0.05;          ///< wrongful PROMOTE
  double alpha_block = 0.05;    ///< wrongful BLOCK
  double beta = 0.10;           ///< wrongful HOLD_NO_DIFFERENCE
  double delta_star = 0.05;     ///< smallest overall gain that matters
  double delta_overall = 0.05;  ///< overall loss that must be excluded
  double psi0 = 0.25;           ///< expected E[D^2] of a pair; too large is safer than too small
  double n_v = 20;              ///< weight of that expectation, in pairs
  double cap = 0.9;             ///< largest share of wealth one pair may cost
  std::int64_t max_pairs = 1600;
  double guard_psi0 = 0.05;  ///< expected E[D^2] of a guard
  std::vector<StratumDesign> strata;
  std::vector<GuardDesign> guards;
  std::vector<ResourceDesign> resources;
  Objective objective = Objective::kQuality;
  double saving = 0.05;  ///< kCost, kEither: a saving of at most this share must be excluded
  HoldMode hold_mode = HoldMode::kInformative;

  /// Throws Error(kBadData) naming the first value outside its range.
  void Validate() const;

  int pairs_per_round() const;
  /// psi0 * sum_s w_s^2 / m_s: expected second moment of a round's weighted mean difference.
  double overall_psi0() const;
};

}  // namespace kedge::stats
