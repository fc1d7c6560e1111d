#pragma once

#include <optional>
#include <string>

#include "harness/stats/betting.h"
#include "harness/stats/sample_size.h"

namespace kedge::stats {

/// What one e-process of the gate remembers; plain data.
struct ProcessState {
  BetState bet;
  OutcomeMoments moments;
  bool at_alpha = false;      ///< has ever reached 1/alpha; stays true
  bool at_beta = false;       ///< has ever reached 1/beta
  double log_e_at_alpha = 0;  ///< its log e-value when it first reached 1/alpha
};

/// A bet with the two thresholds at which the gate reads it.
class GateProcess {
 public:
  GateProcess(const BetDesign& design, double alpha, double beta);

  void Update(double x) {
    bet_.Update(x);
    moments_.Add(x);
    const double log_e = bet_.log_wealth();
    at_beta_ = at_beta_ || log_e >= log_beta_;
    if (at_alpha_ || !(log_e >= log_alpha_)) return;
    at_alpha_ = true;
    log_e_at_alpha_ = log_e;
  }

  double log_e() const { return bet_.log_wealth(); }
  bool at_alpha() const { return at_alpha_; }
  bool at_beta() const { return at_beta_; }
  double log_alpha_threshold() const { return log_alpha_; }
  double log_beta_threshold() const { return log_beta_; }
  const OutcomeMoments& moments() const { return moments_; }
  /// The log e-value frozen when its test was passed, else the present one; for an error ledger.
  double ledger_log_e() const { return at_alpha_ ? log_e_at_alpha_ : log_e(); }

  GrowthForecast Forecast(double log_threshold) const;

  ProcessState Save() const;
  /// Throws Error(kBadData) if the state cannot be one of this process.
  void Restore(const ProcessState& state);

 private:
  BetDesign design_;
  BetProcess bet_;
  OutcomeMoments moments_;
  double log_alpha_;
  double log_beta_;
  bool at_alpha_ = false;
  bool at_beta_ = false;
  double log_e_at_alpha_ = 0;
};

}  // namespace kedge::stats
