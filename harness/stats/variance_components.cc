#include "harness/stats/variance_components.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/stats/checks.h"
#include "harness/stats/descriptive.h"

namespace kedge::stats {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

struct Sums {
  double tasks = 0;
  double values = 0;
  double squared_sizes = 0;
  double total = 0;
  double within = 0;
  bool balanced = true;
};

Sums SumGroups(const std::vector<std::vector<double>>& groups) {
  Sums s;
  for (const auto& g : groups) {
    Require(!g.empty(), "variance components: a task without outcomes");
    RequireFinite(g, "variance components");
    const auto size = static_cast<double>(g.size());
    const double mean = Mean(g);
    s.tasks += 1;
    s.values += size;
    s.squared_sizes += size * size;
    s.total += mean * size;
    for (const double y : g) s.within += (y - mean) * (y - mean);
    s.balanced = s.balanced && g.size() == groups[0].size();
  }
  return s;
}

}  // namespace

VarianceComponents AnalyseRepeats(const std::vector<std::vector<double>>& groups) {
  Require(groups.size() >= 2, "variance components need at least two tasks");
  const Sums s = SumGroups(groups);
  Require(s.values > s.tasks, "variance components need a task with two or more repeats");
  double between = 0;
  for (const auto& g : groups) {
    const double gap = Mean(g) - s.total / s.values;
    between += static_cast<double>(g.size()) * gap * gap;
  }
  VarianceComponents r;
  r.n0 = (s.values - s.squared_sizes / s.values) / (s.tasks - 1);
  r.msb = between / (s.tasks - 1);
  r.msw = s.within / (s.values - s.tasks);
  r.f = r.msb / r.msw;
  r.var_between = (r.msb - r.msw) / r.n0;
  r.var_between_truncated = std::max(0.0, r.var_between);
  r.var_within = r.msw;
  r.icc1 = (r.msb - r.msw) / (r.msb + (r.n0 - 1) * r.msw);
  r.icc1k = s.balanced ? (r.msb - r.msw) / r.msb : kUndefined;
  r.se_mean = std::sqrt(r.msb / s.values);
  r.aa_discordance = 2 * r.msw;
  return r;
}

BetaBinomial BetaBinomialMoments(std::span<const Trials> tasks) {
  BetaBinomial r;
  r.mean = MeanPassHatK(tasks, 1);
  r.pass2 = MeanPassHatK(tasks, 2);
  r.rho = (r.pass2 - r.mean * r.mean) / (r.mean * (1 - r.mean));
  r.a = r.mean * (1 / r.rho - 1);
  r.b = (1 - r.mean) * (1 / r.rho - 1);
  r.aa_discordance = 2 * (r.mean - r.pass2);
  return r;
}

}  // namespace kedge::stats
