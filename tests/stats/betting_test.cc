#include "harness/stats/betting.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/random.h"

namespace kedge::stats {
namespace {

std::vector<double> RandomSeries(std::size_t n, Random& random) {
  std::vector<double> x(n);
  for (double& v : x) {
    const double u = random.Uniform();
    v = u < .2 ? 1 : u < .35 ? -1 : u < .5 ? 2 * random.Uniform() - 1 : 0;
  }
  return x;
}

TEST(Betting, LambdaIgnoresThePresentObservation) {
  Random random(11);
  for (int trial = 0; trial < 200; ++trial) {
    BetProcess a({-.1 + .2 * random.Uniform(), .3, .25, 20, .9});
    for (const double x : RandomSeries(random.Below(60), random)) a.Update(x);
    BetProcess b = a;
    const double lambda = a.Lambda();
    const double before = a.log_wealth();
    a.Update(1);
    b.Update(-1);
    // Both settle the same bet: their factors mirror around 1 + lambda (x - m0).
    const double up = std::exp(a.log_wealth() - before);
    const double down = std::exp(b.log_wealth() - before);
    EXPECT_NEAR((up - down) / 2, lambda, 1e-12);
  }
}

TEST(Betting, ResumedSegmentsAreIdentical) {
  Random random(12);
  const BetDesign design{-.05, 0, .3, 20, .9};
  for (int trial = 0; trial < 100; ++trial) {
    const std::vector<double> x = RandomSeries(80, random);
    BetProcess whole(design);
    BetProcess parts(design);
    for (std::size_t i = 0; i < x.size(); ++i) {
      whole.Update(x[i]);
      if (random.Bernoulli(.1)) parts = BetProcess(design, parts.state());
      parts.Update(x[i]);
    }
    EXPECT_EQ(whole.log_wealth(), parts.log_wealth());
    EXPECT_EQ(whole.Lambda(), parts.Lambda());
  }
}

TEST(Betting, NeverLosesMoreThanTheCapAtOnce) {
  BetProcess bet({-.5, .5, .75, 20, .9});
  for (int i = 0; i < 2000; ++i) {
    const double before = bet.log_wealth();
    bet.Update(i % 3 == 0 ? -1 : -.5);  // -.5 is the null mean: nothing is won or lost
    EXPECT_GE(bet.log_wealth() - before, std::log(.1) - 1e-12);
  }
}

TEST(Betting, IsAMartingaleUnderTheNull) {
  // Mean wealth over all 3^8 equally weighted paths with E[x] = m0 is exactly 1.
  const BetDesign design{0, .1, .5, 5, .9};
  double mean = 0;
  for (int path = 0; path < 6561; ++path) {
    BetProcess bet(design);
    for (int i = 0, rest = path; i < 8; ++i, rest /= 3) bet.Update(rest % 3 - 1);
    mean += std::exp(bet.log_wealth()) / 6561;
  }
  EXPECT_NEAR(mean, 1, 1e-12);
}

TEST(Betting, RefusesBadDesignsStatesAndObservations) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const BetDesign& d :
       {BetDesign{1, 1.5, .2, 20, .9}, BetDesign{0, 0, .2, 20, .9}, BetDesign{0, 1.1, .2, 20, .9},
        BetDesign{0, .1, 0, 20, .9}, BetDesign{0, .1, 1.1, 20, .9}, BetDesign{0, .1, .2, 0, .9},
        BetDesign{0, .1, .2, 20, 1}, BetDesign{.4, .6, .2, 20, .9}, BetDesign{nan, .1, .2, 20, .9},
        BetDesign{0, nan, .2, 20, .9}}) {
    EXPECT_THROW(BetProcess{d}, Error);
  }
  const BetDesign good{0, .1, .2, 20, .9};
  EXPECT_THROW(BetProcess(good, {0, 20, 0}), Error);
  EXPECT_THROW(BetProcess(good, {4, -1, 0}), Error);
  EXPECT_THROW(BetProcess(good, {4, 20, nan}), Error);
  BetProcess bet(good);
  AgrapaProcess agrapa(good);
  for (const double x : {1.0000001, -1.5, nan}) {
    EXPECT_THROW(bet.Update(x), Error);
    EXPECT_THROW(agrapa.Update(x), Error);
  }
  EXPECT_EQ(bet.log_wealth(), 0);
  EXPECT_EQ(bet.state().weight, 20);
}

}  // namespace
}  // namespace kedge::stats
