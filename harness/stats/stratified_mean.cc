#include "harness/stats/stratified_mean.h"

#include <cmath>

#include "harness/core/error.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {
namespace {

/// Sums over the units that have a y.
struct DomainSums {
  double weight = 0, squared_weight = 0, total = 0;
};

DomainSums SumUp(const std::vector<SampledUnits>& strata) {
  DomainSums sums;
  for (const SampledUnits& stratum : strata) {
    if (!(stratum.fraction > 0 && stratum.fraction <= 1)) {
      throw BadData("fraction: expected above 0 and up to 1");
    }
    for (const SampledUnit& unit : stratum.units) {
      if (!(std::isfinite(unit.weight) && unit.weight > 0)) {
        throw BadData("weight: expected a positive number");
      }
      if (!unit.y) continue;
      sums.weight += unit.weight;
      sums.squared_weight += unit.weight * unit.weight;
      sums.total += unit.weight * *unit.y;
    }
  }
  return sums;
}

double VarianceWithin(const SampledUnits& stratum, double mean, double total_weight) {
  const auto n = static_cast<double>(stratum.units.size());
  if (n < 2) return 0;
  double sum = 0, squares = 0;
  for (const SampledUnit& unit : stratum.units) {
    const double z = unit.y ? unit.weight * (*unit.y - mean) / total_weight : 0;
    sum += z;
    squares += z * z;
  }
  const double s2 = std::max(0.0, squares - sum * sum / n) / (n - 1);
  return (1 - stratum.fraction) * n * s2;
}

}  // namespace

std::optional<MeanEstimate> StratifiedMean(const std::vector<SampledUnits>& strata, double level) {
  if (!(level > 0 && level < 1)) throw BadData("level: expected above 0 and below 1");
  const DomainSums sums = SumUp(strata);
  if (sums.weight == 0) return std::nullopt;
  MeanEstimate estimate;
  estimate.mean = sums.total / sums.weight;
  estimate.effective_n = sums.weight * sums.weight / sums.squared_weight;
  double variance = 0, spread = 0;
  for (const SampledUnits& stratum : strata) {
    const double within = VarianceWithin(stratum, estimate.mean, sums.weight);
    if (within == 0) continue;
    variance += within;
    spread += within * within / (static_cast<double>(stratum.units.size()) - 1);
  }
  estimate.se = std::sqrt(variance);
  double half = 0;
  if (variance > 0) {
    estimate.degrees_of_freedom = variance * variance / spread;
    half = StudentTQuantile(0.5 + level / 2, estimate.degrees_of_freedom) * estimate.se;
  }
  estimate.low = estimate.mean - half;
  estimate.high = estimate.mean + half;
  return estimate;
}

}  // namespace kedge::stats
