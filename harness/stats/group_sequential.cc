#include "harness/stats/group_sequential.h"

#include <cmath>
#include <numbers>

#include "harness/stats/checks.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {
namespace {

constexpr int kPanels = 1200;  // even, for Simpson's rule
constexpr double kReach = 9;   // standard deviations kept below

// Density of the score sum S_k, unit increments, on paths that have not crossed before look k.
struct Grid {
  double low = 0;
  double step = 0;
  std::vector<double> mass;  // density times Simpson weight

  double at(std::size_t i) const { return low + step * static_cast<double>(i); }
};

double StandardDensity(double x) {
  return std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi);
}

double SimpsonWeight(std::size_t i, double step) {
  if (i == 0 || i == kPanels) return step / 3;
  return (i % 2 == 1 ? 4 : 2) * step / 3;
}

// P(S_{k} >= bound and no crossing before), given the grid of look k - 1.
double CrossingProbability(const Grid& previous, double bound) {
  double p = 0;
  for (std::size_t i = 0; i < previous.mass.size(); ++i) {
    p += previous.mass[i] * NormalSf(bound - previous.at(i));
  }
  return p;
}

double SolveBound(const Grid& previous, double spend) {
  double low = -20;
  double high = 60;
  for (int i = 0; i < 70; ++i) {
    const double middle = 0.5 * (low + high);
    (CrossingProbability(previous, middle) > spend ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

Grid NextGrid(const Grid& previous, int look, double bound) {
  Grid g;
  g.low = -kReach * std::sqrt(static_cast<double>(look));
  g.step = (bound - g.low) / kPanels;
  for (std::size_t i = 0; i <= kPanels; ++i) {
    double density = 0;
    for (std::size_t j = 0; j < previous.mass.size(); ++j) {
      density += previous.mass[j] * StandardDensity(g.at(i) - previous.at(j));
    }
    g.mass.push_back(density * SimpsonWeight(i, g.step));
  }
  return g;
}

}  // namespace

GroupSequentialDesign LanDeMetsObrienFleming(double alpha, int looks) {
  Require(alpha > 0 && alpha < 0.5, "group-sequential alpha must lie in (0, 1/2)");
  Require(looks >= 1 && looks <= 50, "a group-sequential design has 1 to 50 looks");
  const double z = NormalQuantile(1 - alpha / 2);
  GroupSequentialDesign design;
  Grid grid{0, 0, {1.0}};  // all mass at 0 before the first look
  double spent = 0;
  for (int k = 1; k <= looks; ++k) {
    const double fraction = static_cast<double>(k) / looks;
    const double target = 2 * NormalSf(z / std::sqrt(fraction));
    const double bound = SolveBound(grid, target - spent);
    design.cumulative_alpha.push_back(target);
    design.z_bounds.push_back(bound / std::sqrt(static_cast<double>(k)));
    spent = target;
    if (k < looks) grid = NextGrid(grid, k, bound);
  }
  return design;
}

}  // namespace kedge::stats
