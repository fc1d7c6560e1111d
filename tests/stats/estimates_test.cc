// Rank tests, distances, tables, ratios, surveys: outside values and refused input.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "harness/core/error.h"
#include "harness/stats/contingency.h"
#include "harness/stats/cuped.h"
#include "harness/stats/distribution_distance.h"
#include "harness/stats/pass_at_k.h"
#include "harness/stats/proportion_intervals.h"
#include "harness/stats/rank_tests.h"
#include "harness/stats/ratio.h"
#include "harness/stats/reward_hacking.h"
#include "harness/stats/sample_size.h"
#include "harness/stats/survey.h"
#include "harness/stats/variance_components.h"

namespace kedge::stats {
namespace {

using Numbers = std::vector<double>;
constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

// Values from scipy 1.10.
TEST(Estimates, AgreeWithScipy) {
  const Numbers x{1.2, 3.4, 2.2, 5.6, 0.1};
  const Numbers y{2.2, 2.2, 9.1, 7.7};
  EXPECT_NEAR(MannWhitneyTest(x, y).p_two_sided, 0.2622393495020251, 1e-12);
  EXPECT_NEAR(DistanceBetweenSamples(x, y).wasserstein1, 2.8, 1e-12);
  EXPECT_NEAR(DistanceBetweenSamples(x, y).energy, 1.4328293687665674, 1e-12);
  const auto ks = KolmogorovSmirnovTest(Numbers{1, 2, 3, 4.5}, Numbers{2.5, 3.5, 9, 10, 11});
  EXPECT_NEAR(ks.distance, .6, 1e-15);
  EXPECT_NEAR(ks.p_exact, 0.2857142857142857, 1e-12);
  const auto table = ContingencyTest({{10, 20}, {30, 5}});
  EXPECT_NEAR(table.p_chi2, 1.5089565704354248e-05, 1e-14);
  EXPECT_NEAR(table.p_g, 8.9789333277244e-06, 1e-14);
}

TEST(Estimates, HandleSamplesThatDoNotVary) {
  const Numbers same(4, 2.5);
  const auto ranks = MannWhitneyTest(same, same);
  EXPECT_EQ(ranks.sigma, 0);
  EXPECT_EQ(ranks.p_two_sided, 1);
  EXPECT_EQ(ranks.a12, .5);
  EXPECT_EQ(KolmogorovSmirnovTest(same, same).p_exact, 1);
  EXPECT_EQ(DistanceBetweenSamples(same, same).energy, 0);
  EXPECT_EQ(JensenShannonBits(same, same), 0);
  EXPECT_EQ(PsiNumeric(same, same).psi.p_chi2, 1);
  EXPECT_EQ(Cuped(Numbers{1, 2}, Numbers{3, 3}).theta, 0);
  EXPECT_TRUE(std::isnan(AnalyseRepeats({{1, 1}, {1, 1}}).icc1));
}

TEST(Estimates, PassAtKIsStableForManyTrials) {
  EXPECT_NEAR(PassAtK({10000, 1}, 1), 1e-4, 1e-15);
  EXPECT_EQ(PassHatK({10000, 9999}, 10000), 0);
  EXPECT_EQ(PassAtK({10000, 5001}, 5000), 1);
  EXPECT_NEAR(PassHatK({10000, 9999}, 5000), .5, 1e-12);
}

TEST(Estimates, FiellerIsUnboundedWhenTheChampionCouldBeFree) {
  const RatioOfMeans r = RatioOfPairedMeans(Numbers{1, 2, 0}, Numbers{.1, 0, 3}, .95);
  EXPECT_GE(r.fieller_g, 1);
  EXPECT_TRUE(std::isinf(r.fieller.low) && std::isinf(r.fieller.high));
  EXPECT_TRUE(std::isnan(r.geometric_ratio));
}

TEST(Estimates, RefuseBadInput) {
  const Numbers none;
  const Numbers one{1};
  const Numbers two{1, 2};
  const Numbers bad{1, kNotANumber};
  const Numbers zeros{0, 0};
  const std::vector<std::function<void()>> calls = {
      [&] { MannWhitneyTest(none, two); },
      [&] { MannWhitneyTest(bad, two); },
      [&] { KolmogorovSmirnovTest(two, none); },
      [&] { KolmogorovSmirnovTest(bad, two); },
      [&] { DistanceBetweenSamples(two, bad); },
      [&] { PsiCategorical(one, two); },
      [&] { PsiCategorical(zeros, two); },
      [&] { PsiNumeric(two, two, 1); },
      [&] { PsiNumeric(none, two); },
      [&] { JensenShannonBits(zeros, two); },
      [&] { JensenShannonBits(bad, two); },
      [&] {
        ContingencyTest({{1, 2}});
      },
      [&] {
        ContingencyTest({{1, 2}, {3}});
      },
      [&] {
        ContingencyTest({{1, 0}, {3, 0}});
      },
      [&] {
        ContingencyTest({{1, -2}, {3, 4}});
      },
      [&] {
        PassAtK({4, 5}, 1);
      },
      [&] {
        PassAtK({4, 2}, 5);
      },
      [&] {
        PassHatK({4, 2}, 0);
      },
      [&] { MeanPassAtK({}, 1); },
      [&] { WilsonInterval(3, 2, .95); },
      [&] { WilsonInterval(0, 0, .95); },
      [&] { ClopperPearsonInterval(-1, 2, .95); },
      [&] { ClopperPearsonInterval(1, 2, 0); },
      [&] {
        Newcombe10({0, 0, 0, 0}, .95);
      },
      [&] {
        WaldPairedDifference({-1, 1, 1, 1}, .95);
      },
      [&] { RatioOfPairedMeans(one, one, .95); },
      [&] { RatioOfPairedMeans(two, zeros, .95); },
      [&] { RatioOfPairedMeans(two, bad, .95); },
      [&] { Cuped(one, one); },
      [&] { Cuped(two, bad); },
      [&] { HorvitzThompson(two, zeros); },
      [&] { HorvitzThompson(none, none); },
      [&] {
        AllocateRuns(Numbers{.5, .5}, zeros, 10);
      },
      [&] {
        AllocateRuns(Numbers{.5, .6}, two, 10);
      },
      [&] {
        AnalyseRepeats({{1, 0}});
      },
      [&] {
        AnalyseRepeats({{1}, {0}});
      },
      [&] {
        AnalyseRepeats({{1, 0}, {}});
      },
      [&] {
        RequiredPairs({.25, 0, 0, .05, .1});
      },
      [&] {
        RequiredPairs({.001, .1, 0, .05, .1});
      },
      [&] { MinimumDetectableEffect(.2, 0, .05, .1); },
      [&] {
        CompareVaultGain({.1, .2, 0}, {.1, .2, 10});
      },
      [&] {
        CompareVaultGain({.1, 0, 10}, {.1, 0, 10});
      },
  };
  for (std::size_t i = 0; i < calls.size(); ++i) EXPECT_THROW(calls[i](), Error) << i;
}

// A three-point forecast from moments is exact for paired binary outcomes.
TEST(Forecast, UsesTheOutcomeFrequencies) {
  const BetDesign design{0, .1, .3, 20, .9};
  BetProcess bet(design);
  OutcomeMoments moments;
  for (const double x : {1.0, 0.0, 1.0, -1.0, 0.0, 1.0}) {
    bet.Update(x);
    moments.Add(x);
  }
  const double wins = (3 + 20 * .2) / 26;
  const double losses = (1 + 20 * .1) / 26;
  const double lambda = bet.Lambda();
  const GrowthForecast f = ForecastGrowth(design, bet, moments, std::log(20.0));
  EXPECT_NEAR(f.growth, wins * std::log1p(lambda) + losses * std::log1p(-lambda), 1e-14);
  EXPECT_EQ(*f.more, std::ceil((std::log(20.0) - bet.log_wealth()) / f.growth));
}

// For weighted means the support is narrower than {-1, 1}.
TEST(Forecast, FollowsTheSizeOfPartialOutcomes) {
  const BetDesign design{0, .05, .0625, 20, .9};
  BetProcess bet(design);
  OutcomeMoments moments;
  for (int i = 0; i < 400; ++i) {
    const double x = i % 5 < 3 ? .25 : -.25;
    bet.Update(x);
    moments.Add(x);
  }
  const double lambda = bet.Lambda();
  const double want = .6 * std::log1p(.25 * lambda) + .4 * std::log1p(-.25 * lambda);
  EXPECT_NEAR(ForecastGrowth(design, bet, moments, 3).growth / want, 1, .02);
}

}  // namespace
}  // namespace kedge::stats
