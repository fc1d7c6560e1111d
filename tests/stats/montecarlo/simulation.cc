#include "tests/stats/montecarlo/simulation.h"

#include <algorithm>
#include <cstdio>
#include <numbers>

#include "harness/stats/sample_size.h"

namespace kedge::stats_sim {

PairRates Correlated(double champion, double candidate, double rho) {
  const double spread = std::sqrt(champion * (1 - champion) * candidate * (1 - candidate));
  const double both = champion * candidate + rho * spread;
  return {candidate - both, champion - both};
}

double DrawDifference(const PairRates& rates, Random& random) {
  const double u = random.Uniform();
  if (u < rates.win) return 1;
  return u < rates.win + rates.loss ? -1 : 0;
}

double DrawNormal(Random& random) {
  const double u = 1 - random.Uniform();
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * random.Uniform());
}

double DrawGamma(double shape, Random& random) {
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = DrawNormal(random);
    const double v = std::pow(1 + c * x, 3);
    if (v <= 0) continue;
    if (std::log(1 - random.Uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

double DrawBeta(double a, double b, Random& random) {
  const double x = DrawGamma(a, random);
  return x / (x + DrawGamma(b, random));
}

std::int64_t FixedPairs(double champion, double effect, double rho) {
  const double psi = Correlated(champion, champion + effect, rho).psi();
  return stats::RequiredPairs({psi, effect, 0, 0.05, 0.10});
}

stats::GateDesign SingleSuite(double delta_star, double psi0, std::int64_t max_pairs) {
  stats::GateDesign d;
  d.delta_star = d.delta_overall = delta_star;
  d.psi0 = psi0;
  d.max_pairs = max_pairs;
  stats::StratumDesign stratum;
  stratum.name = "all";
  stratum.delta = delta_star;
  d.strata = {stratum};
  return d;
}

stats::GateDesign FourSuites(std::int64_t max_pairs) {
  stats::GateDesign d;
  d.max_pairs = max_pairs;
  for (const char* name : {"a", "b", "c", "d"}) {
    stats::StratumDesign stratum;
    stratum.name = name;
    stratum.weight = 0.25;
    d.strata.push_back(stratum);
  }
  return d;
}

GateRun RunGate(const stats::GateDesign& design, const std::vector<PairRates>& rates,
                Random& random) {
  return RunGate(design,
                 [&](int s) { return DrawDifference(rates[static_cast<std::size_t>(s)], random); });
}

Tally Summarise(const std::vector<GateRun>& runs) {
  Tally t;
  for (const GateRun& r : runs) {
    t.promote += r.verdict == stats::Verdict::kPromote;
    t.block += r.verdict == stats::Verdict::kBlock;
    t.no_difference += r.verdict == stats::Verdict::kHoldNoDifference;
    t.pairs += static_cast<double>(r.pairs);
  }
  t.count = static_cast<double>(runs.size());
  for (double* v : {&t.promote, &t.block, &t.no_difference, &t.pairs}) *v /= t.count;
  return t;
}

Tally Simulate(const stats::GateDesign& design, const std::vector<PairRates>& rates,
               std::int64_t count, std::uint64_t seed) {
  return Summarise(
      Replicate(count, seed, [&](Random& random) { return RunGate(design, rates, random); }));
}

double UpperBar(double bound, double count) {
  return bound + 2.33 * std::sqrt(bound * (1 - bound) / count);
}

double LowerBar(double bound, double count) {
  return bound - 2.33 * std::sqrt(bound * (1 - bound) / count);
}

void Report(const std::string& bar, const std::string& scenario, const std::string& measured) {
  std::printf("%-4s %-58s %s\n", bar.c_str(), scenario.c_str(), measured.c_str());
}

std::string Digits(double value, int digits) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

}  // namespace kedge::stats_sim
