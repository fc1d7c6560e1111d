#include "harness/drift/statistics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/random.h"
#include "harness/stats/distribution_distance.h"

namespace kedge::drift {
namespace {

std::vector<double> TwoArms(std::size_t champion, std::size_t candidate) {
  std::vector<double> weights(champion, -1.0 / static_cast<double>(champion));
  weights.insert(weights.end(), candidate, 1.0 / static_cast<double>(candidate));
  return weights;
}

TEST(EnergyDistanceTest, OnALineIsTheExactDistance) {
  Random random(1);
  std::vector<double> x, y, all;
  for (int i = 0; i < 17; ++i) x.push_back(random.Uniform());
  for (int i = 0; i < 9; ++i) y.push_back(0.3 + random.Uniform());
  all = x;
  all.insert(all.end(), y.begin(), y.end());
  EnergyDistance distance({all});
  EXPECT_NEAR(distance.At(TwoArms(17, 9)), stats::DistanceBetweenSamples(x, y).energy_squared,
              1e-12);
}

// The definition, over all pairs of points.
double DirectEnergy(const std::vector<std::vector<double>>& columns,
                    const std::vector<double>& weights) {
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    for (std::size_t j = 0; j < weights.size(); ++j) {
      double squares = 0;
      for (const auto& column : columns) squares += std::pow(column[i] - column[j], 2);
      sum -= weights[i] * weights[j] * std::sqrt(squares);
    }
  }
  return sum;
}

TEST(EnergyDistanceTest, InFiveDimensionsIsTheDefinitionWithinAFewPerCent) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Random random(seed);
    std::vector<std::vector<double>> columns(5);
    for (auto& column : columns) {
      for (int i = 0; i < 120; ++i) column.push_back(random.Uniform() + (i >= 60 ? 0.4 : 0));
    }
    const std::vector<double> weights = TwoArms(60, 60);
    EnergyDistance distance(columns);
    const double direct = DirectEnergy(columns, weights);
    EXPECT_NEAR(distance.At(weights), direct, 0.12 * direct) << seed;
  }
}

TEST(NewCellShareTest, CountsCellsThatOnlyTheCandidateHasAndNobodyAllowed) {
  CellShares shares;
  shares.names = {"read", "delete", "pay"};
  shares.runs = {{{0, 1.0}}, {{0, 0.5}, {1, 0.25}, {2, 0.25}}};
  EXPECT_DOUBLE_EQ(NewCellShare(shares, {false, false, false}).At(TwoArms(1, 1)), 0.5);
  EXPECT_DOUBLE_EQ(NewCellShare(shares, {false, true, false}).At(TwoArms(1, 1)), 0.25);
  EXPECT_DOUBLE_EQ(NewCellShare(shares, {false, false, false}).At(std::vector{1.0, -1.0}), 0.0);
}

}  // namespace
}  // namespace kedge::drift
