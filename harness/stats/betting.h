#pragma once

#include <cmath>
#include <cstdint>

namespace kedge::stats {

/// Design of a betting test of the null "E[x_t | past] <= null_mean" for x_t in [-1, 1] (Waudby-
/// Smith and Ramdas 2024, "Estimating means of bounded random variables by betting"). The bet aims
/// at `design_mean` and learns only the second moment. To test "E[x] >= m" feed -x with -m.
struct BetDesign {
  double null_mean = 0;               ///< m0, in (-1, 1)
  double design_mean = 0.05;          ///< mu, in (m0, 1]
  double prior_second_moment = 0.25;  ///< psi0 = expected E[x^2], in (0, 1]
  double prior_weight = 20;           ///< n_v > 0: how many observations the prior counts as
  double cap = 0.9;  ///< c in (0, 1): one observation keeps at least 1 - c of wealth

  /// Throws Error(kBadData) when a value is outside its range or the prior variance is not > 0.
  void Validate() const;
};

/// All that a bet remembers; plain data, to be stored and restored.
struct BetState {
  double squares = 0;     ///< V: prior plus sum of (x - m0)^2
  double weight = 0;      ///< N: prior_weight plus the number of observations
  double log_wealth = 0;  ///< ln of the e-value
};

/// The e-process: wealth of a gambler who bets against the null. By Ville's inequality it ever
/// reaches 1/a with probability at most a under the null, so one may stop at any moment, and go on
/// later. Lambda is fixed before x is seen. About 20 ns per update; the running sum of logs keeps
/// 1e-9 absolute accuracy over a million updates. Not thread-safe.
class BetProcess {
 public:
  /// Validates the design.
  explicit BetProcess(const BetDesign& design);
  /// Continues from a saved state (finite, squares and weight > 0, else Error(kBadData)).
  BetProcess(const BetDesign& design, const BetState& state);

  /// The bet on the next observation, from past data only.
  double Lambda() const {
    const double wish = gap_ * state_.weight / state_.squares;
    return wish < max_lambda_ ? wish : max_lambda_;
  }

  /// Settles one observation. x must lie in [-1, 1], else Error(kBadData) and nothing changes.
  void Update(double x) {
    if (!(x >= -1 && x <= 1)) RejectObservation();
    const double centred = x - null_mean_;
    state_.log_wealth += std::log1p(Lambda() * centred);
    state_.squares += centred * centred;
    state_.weight += 1;
  }

  double log_wealth() const { return state_.log_wealth; }
  const BetState& state() const { return state_; }

 private:
  [[noreturn]] static void RejectObservation();

  double null_mean_;
  double gap_;         // design_mean - null_mean
  double max_lambda_;  // cap / (1 + null_mean)
  BetState state_;
};

/// The alternative bet aGRAPA with a shrunken mean (same source): it learns the mean as well, and
/// pays for it where the design mean is right. Same null, same guarantee; for comparison.
class AgrapaProcess {
 public:
  explicit AgrapaProcess(const BetDesign& design);
  double Lambda() const;
  /// x in [-1, 1], else Error(kBadData).
  void Update(double x);
  double log_wealth() const { return log_wealth_; }

 private:
  BetDesign design_;
  double sum_;
  double squares_;
  double weight_;
  double log_wealth_ = 0;
};

}  // namespace kedge::stats
