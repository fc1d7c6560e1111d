#include "harness/stats/betting.h"

#include <algorithm>

#include "harness/stats/checks.h"

namespace kedge::stats {
namespace {

double PriorVariance(const BetDesign& d) {
  return d.prior_second_moment - 2 * d.null_mean * d.design_mean + d.null_mean * d.null_mean;
}

}  // namespace

void BetDesign::Validate() const {
  Require(null_mean > -1 && null_mean < 1, "bet: the null mean must lie between -1 and 1");
  Require(design_mean > null_mean && design_mean <= 1,
          "bet: the design mean must lie above the null mean and not above 1");
  Require(prior_second_moment > 0 && prior_second_moment <= 1,
          "bet: the prior second moment must lie in (0, 1]");
  RequirePositive(prior_weight, "bet: prior weight");
  RequireLevel(cap, "bet: cap");
  Require(PriorVariance(*this) > 0,
          "bet: the prior second moment is too small for the null and design means");
}

BetProcess::BetProcess(const BetDesign& design)
    : null_mean_(design.null_mean),
      gap_(design.design_mean - design.null_mean),
      max_lambda_(design.cap / (1 + design.null_mean)),
      state_{design.prior_weight * PriorVariance(design), design.prior_weight, 0} {
  design.Validate();
}

BetProcess::BetProcess(const BetDesign& design, const BetState& state) : BetProcess(design) {
  RequirePositive(state.squares, "bet state: sum of squares");
  RequirePositive(state.weight, "bet state: weight");
  Require(std::isfinite(state.log_wealth), "bet state: log wealth is not finite");
  state_ = state;
}

void BetProcess::RejectObservation() {
  throw BadData("bet: an observation lies outside [-1, 1] or is NaN");
}

AgrapaProcess::AgrapaProcess(const BetDesign& design)
    : design_(design),
      sum_(design.prior_weight * design.design_mean),
      squares_(design.prior_weight * PriorVariance(design)),
      weight_(design.prior_weight) {
  design.Validate();
}

double AgrapaProcess::Lambda() const {
  const double wish = (sum_ / weight_ - design_.null_mean) / (squares_ / weight_);
  return std::clamp(wish, 0.0, design_.cap / (1 + design_.null_mean));
}

void AgrapaProcess::Update(double x) {
  Require(x >= -1 && x <= 1, "bet: an observation lies outside [-1, 1] or is NaN");
  const double centred = x - design_.null_mean;
  log_wealth_ += std::log1p(Lambda() * centred);
  sum_ += x;
  squares_ += centred * centred;
  weight_ += 1;
}

}  // namespace kedge::stats
