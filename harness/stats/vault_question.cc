#include "harness/stats/vault_question.h"

#include <cmath>
#include <vector>

#include "harness/stats/checks.h"
#include "harness/stats/descriptive.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {
namespace {

constexpr double kPriorWeight = 20;
constexpr double kCap = 0.9;

double LogThreshold(const VaultDesign& design, std::int64_t fails) {
  RequireLevel(design.alpha, "alpha");
  Require(design.tau > 0 && design.tau < 1, "tau must lie in (0, 1)");
  Require(fails >= 1 && fails <= design.queries,
          "a vault may fail at least once and at most as often as it is asked");
  std::vector<double> transcripts;
  for (std::int64_t j = 0; j <= fails; ++j) {
    transcripts.push_back(LogBinomialCoefficient(design.queries, j));
  }
  return std::log(2 * static_cast<double>(design.queries)) + LogSumExp(transcripts) -
         std::log(design.alpha);
}

}  // namespace

VaultQuestion::VaultQuestion(const VaultDesign& design, std::int64_t fails)
    : log_threshold_(LogThreshold(design, fails)),
      bet_({-design.tau, 0, design.psi, kPriorWeight, kCap}) {}

}  // namespace kedge::stats
