#include "harness/stats/conditional_exact.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/stats/checks.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {
namespace {

// P(X = low + i), X the number of the `successes` that fall among `drawn` of `all`.
std::vector<double> HypergeometricLaw(std::int64_t all, std::int64_t successes, std::int64_t drawn,
                                      std::int64_t low, std::int64_t high) {
  std::vector<double> law;
  const double total = LogBinomialCoefficient(all, drawn);
  for (std::int64_t x = low; x <= high; ++x) {
    law.push_back(std::exp(LogBinomialCoefficient(successes, x) +
                           LogBinomialCoefficient(all - successes, drawn - x) - total));
  }
  return law;
}

std::vector<double> Convolve(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> sum(a.size() + b.size() - 1, 0.0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) sum[i + j] += a[i] * b[j];
  }
  return sum;
}

// The law of the exposed successes, counted from their smallest possible number.
struct ConditionalLaw {
  std::vector<double> law = {1.0};
  std::int64_t observed = 0;
};

ConditionalLaw LawOf(std::span<const TwoByTwo> strata) {
  ConditionalLaw result;
  for (const TwoByTwo& table : strata) {
    Require(table.exposed_successes >= 0 && table.exposed_successes <= table.exposed_trials &&
                table.unexposed_successes >= 0 &&
                table.unexposed_successes <= table.unexposed_trials,
            "a 2 x 2 table needs 0 <= successes <= trials in both groups");
    const std::int64_t all = table.exposed_trials + table.unexposed_trials;
    const std::int64_t successes = table.exposed_successes + table.unexposed_successes;
    const std::int64_t low = std::max<std::int64_t>(0, successes - table.unexposed_trials);
    const std::int64_t high = std::min(successes, table.exposed_trials);
    if (low == high) continue;
    result.law =
        Convolve(result.law, HypergeometricLaw(all, successes, table.exposed_trials, low, high));
    result.observed += table.exposed_successes - low;
  }
  return result;
}

}  // namespace

void TwoByTwo::Add(bool exposed, bool success) {
  (exposed ? exposed_trials : unexposed_trials) += 1;
  if (success) (exposed ? exposed_successes : unexposed_successes) += 1;
}

TwoByTwo& TwoByTwo::operator+=(const TwoByTwo& other) {
  exposed_successes += other.exposed_successes;
  exposed_trials += other.exposed_trials;
  unexposed_successes += other.unexposed_successes;
  unexposed_trials += other.unexposed_trials;
  return *this;
}

double ConditionalExactGreater(std::span<const TwoByTwo> strata) {
  const ConditionalLaw conditional = LawOf(strata);
  double p = 0;
  for (std::size_t i = conditional.law.size();  // the smallest terms first
       i-- > static_cast<std::size_t>(conditional.observed);) {
    p += conditional.law[i];
  }
  return std::min(p, 1.0);
}

double MinimumAttainableP(std::span<const TwoByTwo> strata) {
  return std::min(LawOf(strata).law.back(), 1.0);
}

}  // namespace kedge::stats
