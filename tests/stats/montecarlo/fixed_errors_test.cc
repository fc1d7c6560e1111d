// Sizes of the fixed-size tests: bar F1.
#include <gtest/gtest.h>

#include "harness/stats/mcnemar.h"
#include "harness/stats/proportion_intervals.h"
#include "tests/stats/montecarlo/simulation.h"

namespace kedge::stats_sim {
namespace {

constexpr std::int64_t kFixedRuns = 20000;

stats::PairedCounts DrawCounts(double champion, double candidate, double rho, int n,
                               Random& random) {
  const PairRates rates = Correlated(champion, candidate, rho);
  const double both = candidate - rates.win;
  stats::PairedCounts t;
  for (int i = 0; i < n; ++i) {
    const double u = random.Uniform();
    t.only_candidate += u < rates.win;
    t.only_champion += u >= rates.win && u < rates.psi();
    t.both += u >= rates.psi() && u < rates.psi() + both;
    t.neither += u >= rates.psi() + both;
  }
  return t;
}

template <typename Event>
double Rate(std::uint64_t seed, const Event& event) {
  double hits = 0;
  for (const int hit : Replicate(kFixedRuns, seed, [&](Random& r) { return event(r) ? 1 : 0; })) {
    hits += hit;
  }
  return hits / kFixedRuns;
}

class FixedSize : public ::testing::TestWithParam<int> {};

TEST_P(FixedSize, F1MidPMcnemar) {
  const int n = GetParam();
  std::uint64_t seed = 20000;
  for (const double p : {.6, .8}) {
    for (const double rho : {0.0, .5}) {
      const double size = Rate(++seed, [&](Random& random) {
        const auto t = DrawCounts(p, p, rho, n, random);
        return stats::McnemarTest(t.only_champion, t.only_candidate).midp_greater <= .05;
      });
      Report("F1", "mid-p n " + std::to_string(n) + " p " + Digits(p, 1) + " rho " + Digits(rho, 1),
             "size " + Digits(size));
      EXPECT_LE(size, UpperBar(.06, kFixedRuns));
      EXPECT_GE(size, .02);
    }
  }
}

TEST_P(FixedSize, F1NewcombeAtTheMargin) {
  const int n = GetParam();
  std::uint64_t seed = 21000;
  for (const double p : {.6, .8}) {
    for (const double rho : {0.0, .5}) {
      const double size = Rate(++seed, [&](Random& random) {
        const auto t = DrawCounts(p, p - .10, rho, n, random);
        return stats::Newcombe10(t, .90).interval.low > -.10;
      });
      Report("F1",
             "Newcombe n " + std::to_string(n) + " p " + Digits(p, 1) + " rho " + Digits(rho, 1),
             "size " + Digits(size));
      EXPECT_LE(size, UpperBar(.065, kFixedRuns));
      EXPECT_GE(size, .03);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Pairs, FixedSize, ::testing::Values(50, 100, 200));

}  // namespace
}  // namespace kedge::stats_sim
