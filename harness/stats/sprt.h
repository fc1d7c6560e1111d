#pragma once

#include <cstdint>

namespace kedge::stats {

enum class SprtDecision { kContinue, kAcceptH0, kAcceptH1 };

/// Wald's sequential probability ratio test of Bernoulli p0 against p1 (Wald 1945), with his
/// approximate bounds. Valid only when p0 is truly known: plugging in an estimated baseline breaks
/// its error rates. For comparison and for planning.
class BernoulliSprt {
 public:
  /// 0 < p0, p1, alpha, beta < 1, p0 != p1, alpha + beta < 1, else Error(kBadData).
  BernoulliSprt(double p0, double p1, double alpha, double beta);

  /// Adds an outcome; after a decision the test stays as it is.
  SprtDecision Update(bool success);

  double upper() const { return upper_; }  ///< ln((1 - beta) / alpha)
  double lower() const { return lower_; }  ///< ln(beta / (1 - alpha))
  double log_ratio() const { return log_ratio_; }
  SprtDecision decision() const { return decision_; }
  std::int64_t observations() const { return observations_; }

 private:
  double on_success_;
  double on_failure_;
  double upper_;
  double lower_;
  double log_ratio_ = 0;
  std::int64_t observations_ = 0;
  SprtDecision decision_ = SprtDecision::kContinue;
};

/// Stopping probabilities of a truncated SPRT on discordant pairs (a sequential McNemar test).
struct StoppingProbabilities {
  double up = 0;
  double down = 0;
  double truncated = 0;
  double expected_discordant = 0;  ///< discordant pairs used, truncation included
};
struct SequentialMcnemar {
  StoppingProbabilities null;         ///< each discordant pair is won with probability 1/2
  StoppingProbabilities alternative;  ///< ... with probability theta1
};

/// Exact forward recursion in O(m_max^2). After m discordant pairs with W wins the test stops up
/// when W ln(2 theta1) + (m - W) ln(2 (1 - theta1)) >= upper and down when it is <= lower.
/// 1/2 < theta1 < 1, lower < 0 < upper, 1 <= m_max <= 20000.
SequentialMcnemar SequentialMcnemarExact(double theta1, double upper, double lower,
                                         std::int64_t m_max);

/// Lower bound on the expected number of pairs of any test with errors (alpha, beta) against
/// E[D] <= m0 when P(D = 1) = wins, P(D = -1) = losses: kl(1 - beta, alpha) / KL_inf. At the design
/// effect no sequential test can be cheaper (Wald 1945, in the KL_inf form of bounded means).
struct SampleSizeBound {
  double lambda = 0;     ///< the best constant bet
  double kl_inf = 0;     ///< its expected log growth per pair
  double kl_binary = 0;  ///< (1-beta) ln((1-beta)/alpha) + beta ln(beta/(1-alpha))
  double pairs = 0;      ///< infinite when E[D] <= m0
};
SampleSizeBound WaldLowerBound(double wins, double losses, double m0, double alpha, double beta);

}  // namespace kedge::stats
