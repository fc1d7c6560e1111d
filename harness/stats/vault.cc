#include "harness/stats/vault.h"

#include <array>
#include <cmath>
#include <limits>

#include "harness/stats/checks.h"
#include "harness/stats/descriptive.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {

VaultBudget ComputeVaultBudget(const VaultDesign& design) {
  Require(design.tasks >= 1, "a vault needs at least one task");
  Require(design.queries >= 1 && design.queries <= 10'000'000,
          "the number of vault queries must lie in [1, 10000000]");
  Require(design.psi > 0 && design.psi <= 1, "psi must lie in (0, 1]");
  Require(design.tau > 0 && design.tau <= 1, "tau must lie in (0, 1]");
  RequireLevel(design.alpha, "alpha");
  VaultBudget r;
  r.exponent = static_cast<double>(design.tasks) * design.tau * design.tau /
               (2 * (design.psi + design.tau / 3));
  const double allowed =
      std::log(design.alpha) + r.exponent - std::log(2 * static_cast<double>(design.queries));
  double log_transcripts = -std::numeric_limits<double>::infinity();
  for (std::int64_t b = 0; b <= design.queries; ++b) {
    const std::array<double, 2> terms{log_transcripts, LogBinomialCoefficient(design.queries, b)};
    log_transcripts = LogSumExp(terms);
    if (log_transcripts > allowed) break;
    r.fails = b;
  }
  return r;
}

}  // namespace kedge::stats
