#include "harness/stats/e_lond.h"

#include <utility>

#include "harness/stats/checks.h"

namespace kedge::stats {

ELond::ELond(double fdr, std::vector<double> gamma, std::int64_t spent, std::int64_t rejections)
    : fdr_(fdr), gamma_(std::move(gamma)), spent_(spent), rejections_(rejections) {
  RequireLevel(fdr, "false discovery rate");
  double sum = 0;
  for (const double g : gamma_) {
    Require(g >= 0, "e-LOND: a share gamma is negative or NaN");
    sum += g;
  }
  Require(sum <= 1 + 1e-9, "e-LOND: the shares gamma sum to more than 1");
  Require(spent >= 0 && spent <= static_cast<std::int64_t>(gamma_.size()),
          "e-LOND: more candidates spent than the season has");
  Require(rejections >= 0 && rejections <= spent, "e-LOND: more rejections than candidates");
}

ELond ELond::Even(double fdr, std::int64_t candidates, std::int64_t spent,
                  std::int64_t rejections) {
  Require(candidates > 0, "e-LOND: a season needs at least one candidate");
  const auto count = static_cast<std::size_t>(candidates);
  return ELond(fdr, std::vector<double>(count, 1.0 / static_cast<double>(candidates)), spent,
               rejections);
}

double ELond::NextAlpha() const {
  if (exhausted()) return 0;
  return fdr_ * gamma_[static_cast<std::size_t>(spent_)] * static_cast<double>(rejections_ + 1);
}

bool ELond::exhausted() const { return spent_ >= static_cast<std::int64_t>(gamma_.size()); }

bool ELond::Test(double e) {
  Require(!exhausted(), "e-LOND: the season is over");
  Require(e >= 0, "an e-value cannot be negative or NaN");
  const double alpha = NextAlpha();
  const bool rejected = alpha > 0 && e >= 1 / alpha;
  ++spent_;
  rejections_ += rejected;
  return rejected;
}

}  // namespace kedge::stats
