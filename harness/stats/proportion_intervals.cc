#include "harness/stats/proportion_intervals.h"

#include <algorithm>
#include <cmath>

#include "harness/stats/checks.h"
#include "harness/stats/distributions.h"

namespace kedge::stats {
namespace {

double TwoSidedZ(double level) {
  RequireLevel(level, "confidence level");
  return NormalQuantile(0.5 + level / 2);
}

void CheckCounts(const PairedCounts& t) {
  Require(t.both >= 0 && t.only_champion >= 0 && t.only_candidate >= 0 && t.neither >= 0,
          "paired counts cannot be negative");
  Require(t.total() > 0, "a paired difference needs at least one pair");
}

void CheckProportion(std::int64_t x, std::int64_t n) {
  Require(n > 0 && x >= 0 && x <= n, "a proportion needs 0 <= x <= n and n > 0");
}

// Newcombe's phi: the correlation, with n/2 taken off a positive numerator but never past 0.
double NewcombePhi(const PairedCounts& t) {
  const auto a = static_cast<double>(t.both);
  const auto b = static_cast<double>(t.only_champion);
  const auto c = static_cast<double>(t.only_candidate);
  const auto d = static_cast<double>(t.neither);
  const double margins = (a + b) * (c + d) * (a + c) * (b + d);
  if (margins == 0) return 0;
  const double n = a + b + c + d;
  double numerator = a * d - b * c;
  if (numerator > 0) numerator = std::max(numerator - n / 2, 0.0);
  return numerator / std::sqrt(margins);
}

double Joined(double near, double far, double phi) {
  return std::sqrt(std::max(0.0, near * near - 2 * phi * near * far + far * far));
}

PairedDifference WaldFromCells(double losses, double wins, double n, double level) {
  const double z = TwoSidedZ(level);
  PairedDifference r;
  r.difference = (wins - losses) / n;
  const double spread = (wins + losses) - (wins - losses) * (wins - losses) / n;
  const double half = z * std::sqrt(std::max(0.0, spread)) / n;
  r.interval = {r.difference - half, r.difference + half};
  return r;
}

}  // namespace

Interval WilsonInterval(std::int64_t x, std::int64_t n, double level) {
  CheckProportion(x, n);
  const double z = TwoSidedZ(level);
  const auto total = static_cast<double>(n);
  const double p = static_cast<double>(x) / total;
  const double centre = p + z * z / (2 * total);
  const double half = z * std::sqrt(p * (1 - p) / total + z * z / (4 * total * total));
  const double scale = 1 + z * z / total;
  // Exact at the ends, where rounding would leave 1e-17 instead of 0.
  return {x == 0 ? 0 : std::max(0.0, (centre - half) / scale),
          x == n ? 1 : std::min(1.0, (centre + half) / scale)};
}

Interval ClopperPearsonInterval(std::int64_t x, std::int64_t n, double level) {
  CheckProportion(x, n);
  RequireLevel(level, "confidence level");
  const double tail = (1 - level) / 2;
  const auto successes = static_cast<double>(x);
  const auto failures = static_cast<double>(n - x);
  return {x == 0 ? 0 : BetaQuantile(tail, successes, failures + 1),
          x == n ? 1 : BetaQuantile(1 - tail, successes + 1, failures)};
}

PairedDifference Newcombe10(const PairedCounts& counts, double level) {
  CheckCounts(counts);
  const std::int64_t n = counts.total();
  const auto total = static_cast<double>(n);
  const std::int64_t candidate = counts.both + counts.only_candidate;
  const std::int64_t champion = counts.both + counts.only_champion;
  const double p1 = static_cast<double>(candidate) / total;
  const double p2 = static_cast<double>(champion) / total;
  const Interval w1 = WilsonInterval(candidate, n, level);
  const Interval w2 = WilsonInterval(champion, n, level);
  PairedDifference r;
  r.difference = p1 - p2;
  r.phi = NewcombePhi(counts);
  r.interval = {r.difference - Joined(p1 - w1.low, w2.high - p2, r.phi),
                r.difference + Joined(p2 - w2.low, w1.high - p1, r.phi)};
  return r;
}

PairedDifference WaldPairedDifference(const PairedCounts& counts, double level) {
  CheckCounts(counts);
  return WaldFromCells(static_cast<double>(counts.only_champion),
                       static_cast<double>(counts.only_candidate),
                       static_cast<double>(counts.total()), level);
}

PairedDifference AgrestiMinPairedDifference(const PairedCounts& counts, double level) {
  CheckCounts(counts);
  return WaldFromCells(static_cast<double>(counts.only_champion) + 0.5,
                       static_cast<double>(counts.only_candidate) + 0.5,
                       static_cast<double>(counts.total()) + 2, level);
}

}  // namespace kedge::stats
