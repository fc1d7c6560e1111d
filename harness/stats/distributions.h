#pragma once

#include <cstdint>

namespace kedge::stats {

/// Distribution functions and quantiles, accurate to about 1e-12 relative, in the tails too.
/// Arguments outside a function's domain (NaN included) throw Error(kBadData). All thread-safe.

/// Standard normal: P(Z <= z), P(Z > z), and the quantile; NormalQuantile(0) = -inf, (1) = +inf.
double NormalCdf(double z);
double NormalSf(double z);
double NormalQuantile(double p);

/// Student's t with df > 0 degrees of freedom.
double StudentTQuantile(double p, double df);
/// P(|T| > |t|); 0 for infinite t.
double StudentTTwoSided(double t, double df);
/// P(T > t).
double StudentTSf(double t, double df);

/// Quantile of Beta(a, b), a, b > 0: the inverse of the regularised incomplete beta function.
double BetaQuantile(double p, double a, double b);

/// P(X > x) for chi-squared with df > 0; 1 for x <= 0.
double ChiSquaredSf(double x, double df);

/// Binomial(n, p): P(X = k), P(X <= k), P(X >= k). Any integer k is allowed; n >= 0.
double BinomialPmf(std::int64_t k, std::int64_t n, double p);
double BinomialCdf(std::int64_t k, std::int64_t n, double p);
double BinomialAtLeast(std::int64_t k, std::int64_t n, double p);

/// Two-sided exact test of the binomial proportion 1/2: min(1, 2 * smaller tail).
double BinomialSignTest(std::int64_t k, std::int64_t n);

/// Upper tail of the Kolmogorov distribution, 2 sum_{j>=1} (-1)^(j-1) exp(-2 j^2 x^2); 1 at 0.
/// Small x uses the theta-function form, which converges fast where the series above does not.
double KolmogorovSf(double x);

/// ln C(n, k) for 0 <= k <= n.
double LogBinomialCoefficient(std::int64_t n, std::int64_t k);

}  // namespace kedge::stats
