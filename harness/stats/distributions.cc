#include "harness/stats/distributions.h"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "harness/stats/checks.h"

namespace kedge::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// ln n!. Summed once for small n: right to the last digit, where lgamma's error would show in the
// smallest p-values.
double LogFactorial(std::int64_t n) {
  static const std::vector<double> kTable = [] {
    std::vector<double> table(4096);
    long double sum = 0;
    for (std::size_t i = 1; i < table.size(); ++i) {
      sum += std::log(static_cast<long double>(i));
      table[i] = static_cast<double>(sum);
    }
    return table;
  }();
  const auto index = static_cast<std::size_t>(n);
  if (index < kTable.size()) return kTable[index];
  const double x = static_cast<double>(n) + 1;  // Stirling's series; its next term is below 1e-17
  return (x - 0.5) * std::log(x) - x + 0.9189385332046727 + 1 / (12 * x) - 1 / (360 * x * x * x);
}

}  // namespace

double NormalCdf(double z) {
  Require(!std::isnan(z), "the normal distribution function of NaN");
  return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

double NormalSf(double z) { return NormalCdf(-z); }

double NormalQuantile(double p) {
  RequireProbability(p, "normal quantile");
  if (p == 0) return -kInfinity;
  if (p == 1) return kInfinity;
  return boost::math::quantile(boost::math::normal(), p);
}

double StudentTQuantile(double p, double df) {
  RequireProbability(p, "t quantile");
  RequirePositive(df, "degrees of freedom");
  if (p == 0) return -kInfinity;
  if (p == 1) return kInfinity;
  return boost::math::quantile(boost::math::students_t(df), p);
}

double StudentTSf(double t, double df) {
  Require(!std::isnan(t), "the t distribution function of NaN");
  RequirePositive(df, "degrees of freedom");
  if (std::isinf(t)) return t > 0 ? 0 : 1;
  return boost::math::cdf(boost::math::complement(boost::math::students_t(df), t));
}

double StudentTTwoSided(double t, double df) { return 2 * StudentTSf(std::fabs(t), df); }

double BetaQuantile(double p, double a, double b) {
  RequireProbability(p, "beta quantile");
  RequirePositive(a, "beta parameter a");
  RequirePositive(b, "beta parameter b");
  return boost::math::quantile(boost::math::beta_distribution<>(a, b), p);
}

double ChiSquaredSf(double x, double df) {
  Require(!std::isnan(x), "the chi-squared distribution function of NaN");
  RequirePositive(df, "degrees of freedom");
  if (x <= 0) return 1;
  if (std::isinf(x)) return 0;
  return boost::math::cdf(boost::math::complement(boost::math::chi_squared(df), x));
}

double BinomialPmf(std::int64_t k, std::int64_t n, double p) {
  Require(n >= 0, "a binomial needs n >= 0");
  RequireProbability(p, "binomial p");
  if (k < 0 || k > n) return 0;
  if (n == 0) return 1;
  return boost::math::pdf(boost::math::binomial(static_cast<double>(n), p), static_cast<double>(k));
}

double BinomialCdf(std::int64_t k, std::int64_t n, double p) {
  Require(n >= 0, "a binomial needs n >= 0");
  RequireProbability(p, "binomial p");
  if (k < 0) return 0;
  if (k >= n) return 1;
  return boost::math::cdf(boost::math::binomial(static_cast<double>(n), p), static_cast<double>(k));
}

double BinomialAtLeast(std::int64_t k, std::int64_t n, double p) {
  Require(n >= 0, "a binomial needs n >= 0");
  RequireProbability(p, "binomial p");
  if (k <= 0) return 1;
  if (k > n) return 0;
  return boost::math::cdf(boost::math::complement(boost::math::binomial(static_cast<double>(n), p),
                                                  static_cast<double>(k - 1)));
}

double BinomialSignTest(std::int64_t k, std::int64_t n) {
  Require(k >= 0 && k <= n, "the sign test needs 0 <= k <= n");
  return std::min(1.0, 2 * BinomialCdf(std::min(k, n - k), n, 0.5));
}

double KolmogorovSf(double x) {
  Require(x >= 0, "the Kolmogorov distribution needs x >= 0");
  if (x == 0) return 1;
  constexpr double kPi = std::numbers::pi;
  double sum = 0;
  if (x < 1) {
    for (int j = 1; j <= 19; j += 2) sum += std::exp(-j * j * kPi * kPi / (8 * x * x));
    return 1 - std::sqrt(2 * kPi) / x * sum;
  }
  for (int j = 1; j <= 10; ++j) sum += (j % 2 == 1 ? 2 : -2) * std::exp(-2.0 * j * j * x * x);
  return sum;
}

double LogBinomialCoefficient(std::int64_t n, std::int64_t k) {
  Require(k >= 0 && k <= n, "a binomial coefficient needs 0 <= k <= n");
  return LogFactorial(n) - LogFactorial(k) - LogFactorial(n - k);
}

}  // namespace kedge::stats
