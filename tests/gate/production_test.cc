// The test on production: what counts as one observation, and how often it errs.

#include "harness/gate/production.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/random.h"

namespace kedge::gate {
namespace {

/// A population of heavy and light traces: light ones stand for four. The weighted mean difference
/// is `mean`; the unweighted one is not.
std::vector<ProductionPair> Drawn(int n, double mean, Random& random) {
  std::vector<ProductionPair> pairs;
  for (int i = 0; i < n; ++i) {
    const bool light = i % 2 == 1;
    // Weights 1 and 4: mean = (1 * (mean + 0.2) + 4 * (mean - 0.05)) / 5.
    const double expected = light ? mean - 0.05 : mean + 0.2;
    const double up = 0.2 + expected / 2, down = 0.2 - expected / 2;
    const double u = random.Uniform();
    const double difference = u < up ? 1 : u < up + down ? -1 : 0;
    pairs.push_back({"t" + std::to_string(i), "task", light ? 4.0 : 1.0, difference});
  }
  random.Shuffle(pairs);
  return pairs;
}

struct Rates {
  int harm = 0, noninferior = 0;
};

Rates RatesOver(int draws, int n, double mean) {
  Random random(17);
  Rates rates;
  for (int draw = 0; draw < draws; ++draw) {
    const Component c = TestProduction(Drawn(n, mean, random), {});
    rates.harm += c.state == "harm shown" ? 1 : 0;
    rates.noninferior += c.state == "non-inferior" ? 1 : 0;
  }
  return rates;
}

constexpr int kDraws = 2000;
const double kFivePercent = kDraws * 0.05 + 2.33 * std::sqrt(kDraws * 0.05 * 0.95);

TEST(ProductionTest, NoHarmIsShownWhereThereIsNone) {
  EXPECT_LE(RatesOver(kDraws, 300, 0).harm, kFivePercent);
}

TEST(ProductionTest, ALossAtTheMarginIsNotExcluded) {
  EXPECT_LE(RatesOver(kDraws, 300, -0.10).noninferior, kFivePercent);
}

TEST(ProductionTest, ALargeLossIsShownAndNoLossIsExcluded) {
  EXPECT_GE(RatesOver(200, 600, -0.3).harm, 190);
  EXPECT_GE(RatesOver(200, 2000, 0.05).noninferior, 180);
}

TEST(ProductionTest, AClusterIsOneObservation) {
  std::vector<ProductionPair> alone, copies;
  Random random(5);
  for (int i = 0; i < 60; ++i) {
    const double difference = random.Bernoulli(0.3) ? -1 : 0;
    const std::string id = std::to_string(i);
    alone.push_back({"t" + id, "task " + id, 4, difference, "c" + id});
    for (int k = 0; k < 4; ++k) copies.push_back({"t" + id, "task", 1, difference, "c" + id});
  }
  const Component one = TestProduction(alone, {});
  const Component four = TestProduction(copies, {});
  EXPECT_EQ(four.n, 240);
  EXPECT_EQ(four.clusters, 60);
  EXPECT_DOUBLE_EQ(*four.log_e_harm, *one.log_e_harm);
  EXPECT_DOUBLE_EQ(four.delta.low, one.delta.low) << "copies tell nothing new";
}

}  // namespace
}  // namespace kedge::gate
