#include "harness/stats/sprt.h"

#include <cmath>
#include <limits>
#include <vector>

#include "harness/stats/checks.h"

namespace kedge::stats {
namespace {

void CheckErrors(double alpha, double beta) {
  RequireLevel(alpha, "alpha");
  RequireLevel(beta, "beta");
  Require(alpha + beta < 1, "alpha + beta must be below 1");
}

struct Boundaries {
  double on_win;
  double on_loss;
  double upper;
  double lower;
};

// mass[w] = probability of w wins so far without having stopped.
StoppingProbabilities ForwardRecursion(const Boundaries& b, double p_win, std::int64_t m_max) {
  StoppingProbabilities r;
  std::vector<double> mass(static_cast<std::size_t>(m_max) + 1, 0.0);
  mass[0] = 1;
  for (std::int64_t m = 1; m <= m_max; ++m) {
    double stopped = 0;
    for (std::int64_t w = m; w >= 0; --w) {
      const auto at = static_cast<std::size_t>(w);
      double p = w < m ? mass[at] * (1 - p_win) : 0;
      if (w > 0) p += mass[at - 1] * p_win;
      const double score =
          static_cast<double>(w) * b.on_win + static_cast<double>(m - w) * b.on_loss;
      const bool up = score >= b.upper;
      const bool down = score <= b.lower;
      if (up) r.up += p;
      if (down) r.down += p;
      if (up || down) stopped += p;
      mass[at] = up || down ? 0 : p;
    }
    r.expected_discordant += static_cast<double>(m) * stopped;
  }
  for (const double p : mass) r.truncated += p;
  r.expected_discordant += static_cast<double>(m_max) * r.truncated;
  return r;
}

}  // namespace

BernoulliSprt::BernoulliSprt(double p0, double p1, double alpha, double beta) {
  RequireLevel(p0, "p0");
  RequireLevel(p1, "p1");
  Require(p0 != p1, "the SPRT needs two different rates");
  CheckErrors(alpha, beta);
  on_success_ = std::log(p1 / p0);
  on_failure_ = std::log((1 - p1) / (1 - p0));
  upper_ = std::log((1 - beta) / alpha);
  lower_ = std::log(beta / (1 - alpha));
}

SprtDecision BernoulliSprt::Update(bool success) {
  if (decision_ != SprtDecision::kContinue) return decision_;
  ++observations_;
  log_ratio_ += success ? on_success_ : on_failure_;
  if (log_ratio_ >= upper_) {
    decision_ = SprtDecision::kAcceptH1;
  } else if (log_ratio_ <= lower_) {
    decision_ = SprtDecision::kAcceptH0;
  }
  return decision_;
}

SequentialMcnemar SequentialMcnemarExact(double theta1, double upper, double lower,
                                         std::int64_t m_max) {
  Require(theta1 > 0.5 && theta1 < 1, "sequential McNemar: theta1 must lie in (1/2, 1)");
  Require(lower < 0 && upper > 0, "sequential McNemar: needs lower < 0 < upper");
  Require(m_max >= 1 && m_max <= 20000, "sequential McNemar: m_max must lie in [1, 20000]");
  const Boundaries b{std::log(2 * theta1), std::log(2 * (1 - theta1)), upper, lower};
  return {ForwardRecursion(b, 0.5, m_max), ForwardRecursion(b, theta1, m_max)};
}

SampleSizeBound WaldLowerBound(double wins, double losses, double m0, double alpha, double beta) {
  RequireProbability(wins, "share of wins");
  RequireProbability(losses, "share of losses");
  Require(wins + losses <= 1 + 1e-12, "wins and losses sum to more than 1");
  Require(m0 > -1 && m0 < 1, "m0 must lie between -1 and 1");
  CheckErrors(alpha, beta);
  const double ties = std::fmax(0.0, 1 - wins - losses);
  SampleSizeBound r;
  r.kl_binary = (1 - beta) * std::log((1 - beta) / alpha) + beta * std::log(beta / (1 - alpha));
  if (wins - losses <= m0) {
    r.pairs = std::numeric_limits<double>::infinity();
    return r;
  }
  // The growth is concave in lambda: bisect its falling derivative.
  const auto slope = [&](double l) {
    return wins * (1 - m0) / (1 + l * (1 - m0)) - losses * (1 + m0) / (1 - l * (1 + m0)) -
           ties * m0 / (1 - l * m0);
  };
  double low = 0;
  double high = 1 / (1 + m0);
  for (int i = 0; i < 200; ++i) {
    const double middle = 0.5 * (low + high);
    (slope(middle) > 0 ? low : high) = middle;
  }
  r.lambda = low;
  r.kl_inf = wins * std::log1p(low * (1 - m0)) + ties * std::log1p(-low * m0);
  if (losses > 0) r.kl_inf += losses * std::log1p(-low * (1 + m0));
  r.pairs = r.kl_binary / r.kl_inf;
  return r;
}

}  // namespace kedge::stats
