#pragma once

#include <cstdint>
#include <span>

namespace kedge::agent_ref {

/// A 2 x 2 table: successes among trials with and without something.
struct Table {
  std::int64_t with_good = 0;
  std::int64_t with_all = 0;
  std::int64_t without_good = 0;
  std::int64_t without_all = 0;

  void Add(bool with, bool good);
  Table& operator+=(const Table& other);
  double WithRate() const { return with_all == 0 ? 0 : Ratio(with_good, with_all); }
  double WithoutRate() const { return without_all == 0 ? 0 : Ratio(without_good, without_all); }
  double Gain() const { return WithRate() - WithoutRate(); }

 private:
  static double Ratio(std::int64_t part, std::int64_t all) {
    return static_cast<double>(part) / static_cast<double>(all);
  }
};

/// P(at least as many successes `with` in total | all margins of every stratum) when neither helps:
/// the one-sided exact conditional test of a common odds ratio above 1 (Birch 1964; Mehta, Patel,
/// Gray 1985); for one stratum it is Fisher's exact test. The law of the total is the convolution
/// of the strata's hypergeometric laws. 1 when no stratum can tell. O(strata x n^2) for n trials.
double StratifiedExactP(std::span<const Table> strata);

/// The smallest value that StratifiedExactP can take with these margins.
double LeastExactP(std::span<const Table> strata);

/// P(X >= k) for X ~ Binomial(n, chance), 0 <= k <= n, chance in [0, 1]. O(n).
double BinomialTail(std::int64_t k, std::int64_t n, double chance);

}  // namespace kedge::agent_ref
