// The bars on the inner loops, in processor time of one core; best of three.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>

#include "harness/core/random.h"
#include "harness/stats/betting.h"
#include "harness/stats/permutation.h"
#include "tests/testing/needs.h"

namespace kedge::stats {
namespace {

double BestSeconds(const std::function<void()>& body) {
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const std::clock_t start = std::clock();
    body();
    best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return best;
}

TEST(StatsSpeed, AMillionBetsTakeUnderFiftyMilliseconds) {
  if (testing::IsSlowBuild()) GTEST_SKIP() << "[timing] not an optimised build";
  Random random(1);
  std::vector<double> pairs(1'000'000);
  for (double& d : pairs) d = static_cast<double>(random.Below(3)) - 1;
  double wealth = 0;
  const double seconds = BestSeconds([&] {
    BetProcess bet(BetDesign{});
    for (const double d : pairs) bet.Update(d);
    wealth = bet.log_wealth();
  });
  std::printf("1,000,000 bets: %.1f ms (log wealth %.3g)\n", 1e3 * seconds, wealth);
  EXPECT_LT(seconds, 0.050);
}

TEST(StatsSpeed, TenThousandPermutationsOfAThousandPairsTakeUnder150Milliseconds) {
  if (testing::IsSlowBuild()) GTEST_SKIP() << "[timing] not an optimised build";
  Random random(2);
  std::vector<double> differences(1000);
  for (double& d : differences) d = random.Uniform() - 0.5;
  double p = 0;
  const double seconds = BestSeconds([&] {
    Random flips(3);
    p = SignFlipTest(differences, 10'000, flips).p_two_sided;
  });
  std::printf("10,000 permutations of 1,000 pairs: %.1f ms (p %.3g)\n", 1e3 * seconds, p);
  EXPECT_LT(seconds, 0.150);
}

}  // namespace
}  // namespace kedge::stats
