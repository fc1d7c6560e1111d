#include "harness/stats/gate_process.h"

#include <cmath>

#include "harness/stats/checks.h"

namespace kedge::stats {

GateProcess::GateProcess(const BetDesign& design, double alpha, double beta)
    : design_(design),
      bet_(design),
      log_alpha_(std::log(1 / alpha)),
      log_beta_(std::log(1 / beta)) {
  RequireLevel(alpha, "alpha");
  RequireLevel(beta, "beta");
}

GrowthForecast GateProcess::Forecast(double log_threshold) const {
  return ForecastGrowth(design_, bet_, moments_, log_threshold);
}

ProcessState GateProcess::Save() const {
  return {bet_.state(), moments_, at_alpha_, at_beta_, log_e_at_alpha_};
}

void GateProcess::Restore(const ProcessState& state) {
  Require(state.moments.count >= 0 && std::isfinite(state.moments.sum) &&
              std::isfinite(state.moments.squares) && std::isfinite(state.moments.fourths) &&
              std::isfinite(state.log_e_at_alpha),
          "saved gate state: a process holds impossible numbers");
  bet_ = BetProcess(design_, state.bet);
  moments_ = state.moments;
  at_alpha_ = state.at_alpha;
  at_beta_ = state.at_beta;
  log_e_at_alpha_ = state.log_e_at_alpha;
}

}  // namespace kedge::stats
