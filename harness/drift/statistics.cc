#include "harness/drift/statistics.h"

#include <cmath>
#include <numbers>
#include <numeric>

#include "harness/core/random.h"
#include "harness/stats/descriptive.h"
#include "harness/stats/distribution_distance.h"

namespace kedge::drift {
namespace {

constexpr int kDirections = 32;
constexpr std::uint64_t kDirectionSeed = 0x6b65646765;

// Standard normal numbers by Box and Muller; all that is needed of them is that their direction is
// uniform.
double Normal(Random& random) {
  const double radius = std::sqrt(-2 * std::log1p(-random.Uniform()));
  return radius * std::cos(2 * std::numbers::pi * random.Uniform());
}

std::vector<double> UnitVector(std::size_t dimension, Random& random) {
  if (dimension == 1) return {1.0};
  std::vector<double> direction(dimension);
  double squares = 0;
  for (double& x : direction) {
    x = Normal(random);
    squares += x * x;
  }
  for (double& x : direction) x /= std::sqrt(squares);
  return direction;
}

// |x| is this times the mean of |<u, x>| over directions u.
double DirectionConstant(std::size_t dimension) {
  const auto d = static_cast<double>(dimension);
  return std::sqrt(std::numbers::pi) * std::exp(std::lgamma((d + 1) / 2) - std::lgamma(d / 2));
}

}  // namespace

double MeanDifference::Signed(std::span<const double> weights) const {
  double sum = 0;
  for (std::size_t i = 0; i < values_.size(); ++i) sum += weights[i] * values_[i];
  return sum;
}

double MeanDifference::At(std::span<const double> weights) { return std::fabs(Signed(weights)); }

void CellShares::ArmShares(std::span<const double> weights, std::vector<double>& champion,
                           std::vector<double>& candidate) const {
  champion.assign(names.size(), 0);
  candidate.assign(names.size(), 0);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::vector<double>& arm = weights[i] < 0 ? champion : candidate;
    const double weight = std::fabs(weights[i]);
    for (const auto& [cell, share] : runs[i]) arm[cell] += weight * share;
  }
}

double CellDivergence::At(std::span<const double> weights) {
  shares_.ArmShares(weights, champion_, candidate_);
  return stats::JensenShannonBits(champion_, candidate_);
}

double NewCellShare::At(std::span<const double> weights) {
  shares_.ArmShares(weights, champion_, candidate_);
  double sum = 0;
  for (std::size_t c = 0; c < champion_.size(); ++c) {
    if (!known_[c] && champion_[c] == 0) sum += candidate_[c];
  }
  return sum;
}

EnergyDistance::EnergyDistance(const std::vector<std::vector<double>>& columns) {
  const std::size_t dimension = columns.size();
  const std::size_t runs = columns.front().size();
  const int count = dimension == 1 ? 1 : kDirections;
  // 2 * integral (F - G)^2 is the distance on a line.
  const double scale = 2 * (dimension == 1 ? 1 : DirectionConstant(dimension)) / count;
  Random random(kDirectionSeed, dimension);
  for (int d = 0; d < count; ++d) {
    const std::vector<double> along = UnitVector(dimension, random);
    std::vector<double> place(runs, 0);
    for (std::size_t j = 0; j < dimension; ++j) {
      for (std::size_t i = 0; i < runs; ++i) place[i] += along[j] * columns[j][i];
    }
    Direction direction;
    for (const std::size_t i : stats::SortedOrder(place)) {
      direction.order.push_back(static_cast<std::uint32_t>(i));
    }
    for (std::size_t i = 0; i + 1 < runs; ++i) {
      direction.gaps.push_back(scale * (place[direction.order[i + 1]] - place[direction.order[i]]));
    }
    directions_.push_back(std::move(direction));
  }
}

double EnergyDistance::At(std::span<const double> weights) {
  double total = 0;
  for (const Direction& direction : directions_) {
    double gap = 0;  // candidate's minus champion's distribution function
    for (std::size_t i = 0; i < direction.gaps.size(); ++i) {
      gap += weights[direction.order[i]];
      total += gap * gap * direction.gaps[i];
    }
  }
  return total;
}

}  // namespace kedge::drift
