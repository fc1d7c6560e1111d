#include "harness/stats/noninferiority.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "harness/core/error.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {
namespace {

TwoByTwo Counts(std::int64_t x, std::int64_t n, std::int64_t y, std::int64_t m) {
  return {x, n, y, m};
}

double LogLikelihood(const TwoByTwo& t, double exposed, double margin) {
  const auto term = [](double count, double rate) {
    return count == 0 ? 0 : count * std::log(rate);
  };
  const double unexposed = exposed + margin;
  return term(static_cast<double>(t.exposed_successes), exposed) +
         term(static_cast<double>(t.exposed_trials - t.exposed_successes), 1 - exposed) +
         term(static_cast<double>(t.unexposed_successes), unexposed) +
         term(static_cast<double>(t.unexposed_trials - t.unexposed_successes), 1 - unexposed);
}

// The same statistic with the estimate found by golden section instead of the cubic.
double BySearch(const TwoByTwo& t, double margin) {
  double low = 1e-12, high = 1 - margin - 1e-12;
  const double ratio = (std::sqrt(5.0) - 1) / 2;
  while (high - low > 1e-12) {
    const double a = high - ratio * (high - low), b = low + ratio * (high - low);
    (LogLikelihood(t, a, margin) < LogLikelihood(t, b, margin) ? low : high) =
        LogLikelihood(t, a, margin) < LogLikelihood(t, b, margin) ? a : b;
  }
  const double p = (low + high) / 2, q = p + margin;
  const double variance = p * (1 - p) / static_cast<double>(t.exposed_trials) +
                          q * (1 - q) / static_cast<double>(t.unexposed_trials);
  return NormalSf((t.RateDifference() + margin) / std::sqrt(variance));
}

TEST(Noninferiority, AgreesWithASearchForTheEstimate) {
  for (const auto& [x, n, y, m] : {std::tuple{40, 50, 42, 50},
                                   {18, 20, 55, 60},
                                   {5, 30, 9, 40},
                                   {29, 30, 30, 31},
                                   {77, 160, 30, 55}}) {
    for (const double margin : {0.02, 0.1, 0.3}) {
      const TwoByTwo table = Counts(x, n, y, m);
      EXPECT_NEAR(NoninferiorityP(table, margin), BySearch(table, margin), 1e-6)
          << x << "/" << n << " " << y << "/" << m << " " << margin;
    }
  }
}

TEST(Noninferiority, MoreSuccessesAreMoreEvidence) {
  double last = 1;
  for (std::int64_t x = 0; x <= 40; ++x) {
    const double p = NoninferiorityP(Counts(x, 40, 36, 40), 0.1);
    EXPECT_LE(p, last + 1e-12);
    last = p;
  }
  EXPECT_LT(NoninferiorityP(Counts(60, 60, 60, 60), 0.1), 0.01);
  EXPECT_EQ(NoninferiorityP(Counts(0, 0, 5, 10), 0.1), 1);
  EXPECT_THROW(NoninferiorityP(Counts(3, 2, 5, 10), 0.1), Error);
  EXPECT_THROW(NoninferiorityP(Counts(2, 2, 5, 10), 0), Error);
}

std::vector<double> Binomial(int n, double p) {
  std::vector<double> law;
  for (int k = 0; k <= n; ++k) {
    law.push_back(std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                           k * std::log(p) + (n - k) * std::log1p(-p)));
  }
  return law;
}

// By enumeration of every outcome at the boundary of the null hypothesis.
TEST(Noninferiority, ItsSizeIsNearTheLevel) {
  for (const auto& [n, m] : {std::pair{30, 30}, {30, 90}, {60, 60}}) {
    for (double unexposed = 0.15; unexposed < 0.96; unexposed += 0.1) {
      const double margin = 0.1;
      const auto x_law = Binomial(n, unexposed - margin), y_law = Binomial(m, unexposed);
      double size = 0;
      for (int x = 0; x <= n; ++x) {
        for (int y = 0; y <= m; ++y) {
          if (NoninferiorityP(Counts(x, n, y, m), margin) <= 0.05) {
            size += x_law[static_cast<std::size_t>(x)] * y_law[static_cast<std::size_t>(y)];
          }
        }
      }
      EXPECT_LT(size, 0.07) << n << " " << m << " " << unexposed;
    }
  }
}

}  // namespace
}  // namespace kedge::stats
