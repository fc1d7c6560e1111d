#include "harness/stats/distributions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "harness/core/error.h"

namespace kedge::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

void ExpectRelative(double got, double want) { EXPECT_NEAR(got / want, 1, 1e-10) << got; }

// Values from scipy 1.10.
TEST(Distributions, AreAccurateFarInTheTails) {
  ExpectRelative(NormalSf(10), 7.61985302416046961e-24);
  ExpectRelative(NormalQuantile(1e-30), -1.14640246884436134e+01);
  ExpectRelative(StudentTSf(12, 5), 3.54474625858076391e-05);
  ExpectRelative(StudentTSf(-3, 7), 9.90028936934003734e-01);
  ExpectRelative(BetaQuantile(1e-6, 2, 300), 4.70841693861519148e-06);
  ExpectRelative(ChiSquaredSf(200, 3), 4.21854110719201786e-43);
  ExpectRelative(KolmogorovSf(3.5), 4.57946969129110597e-11);
  ExpectRelative(BinomialAtLeast(80, 100, 0.5), 5.57954452862597573e-10);
  ExpectRelative(BinomialPmf(500, 1000, 0.3), 3.47916093916226638e-40);
}

TEST(Distributions, KolmogorovFormsMeetAtOne) {
  ExpectRelative(KolmogorovSf(0.999999), 0.27000074362745646);
  ExpectRelative(KolmogorovSf(1.000001), 0.26999859973033974);
  EXPECT_EQ(KolmogorovSf(0), 1);
  EXPECT_NEAR(KolmogorovSf(0.2), 0.99999999999949496, 1e-15);
}

TEST(Distributions, HaveExactEnds) {
  EXPECT_EQ(NormalQuantile(0), -kInf);
  EXPECT_EQ(NormalQuantile(1), kInf);
  EXPECT_EQ(StudentTTwoSided(kInf, 3), 0);
  EXPECT_EQ(BinomialCdf(-1, 5, .5), 0);
  EXPECT_EQ(BinomialCdf(5, 5, .5), 1);
  EXPECT_EQ(BinomialAtLeast(0, 0, .5), 1);
  EXPECT_EQ(BinomialAtLeast(6, 5, .5), 0);
  EXPECT_EQ(BinomialPmf(6, 5, .5), 0);
  EXPECT_EQ(ChiSquaredSf(-1, 2), 1);
  EXPECT_EQ(BinomialSignTest(3, 6), 1);
  EXPECT_EQ(BinomialSignTest(0, 0), 1);
  EXPECT_DOUBLE_EQ(BinomialSignTest(0, 6), 2.0 / 64);
}

TEST(Distributions, BinomialTailIsTheSumOfItsTerms) {
  ExpectRelative(BinomialAtLeast(4, 4, 0.5), 1.0 / 16);
  ExpectRelative(BinomialAtLeast(5, 6, 0.5), 7.0 / 64);
  ExpectRelative(BinomialAtLeast(1, 9, 0.3), 1 - std::pow(0.7, 9));
  EXPECT_EQ(BinomialAtLeast(1, 1, 0), 0);
  EXPECT_EQ(BinomialAtLeast(3, 9, 1), 1);
}

// Values from exact integers (Python: math.comb, decimal). The last two are beyond the summed
// table.
TEST(Distributions, BinomialCoefficientsKeepTheirDigits) {
  EXPECT_NEAR(LogBinomialCoefficient(100, 50), 66.78384165201743, 1e-12);
  EXPECT_NEAR(LogBinomialCoefficient(4095, 7), 49.6923616923378, 1e-11);
  EXPECT_NEAR(LogBinomialCoefficient(5000, 2500), 3461.251464851374, 1e-11);
  EXPECT_NEAR(LogBinomialCoefficient(1000000, 3), 39.654769204662266, 1e-8);
}

TEST(Distributions, RefuseWhatIsOutsideTheirDomain) {
  const std::vector<std::function<double()>> calls = {
      [] { return NormalCdf(kNaN); },        [] { return NormalQuantile(-0.1); },
      [] { return NormalQuantile(kNaN); },   [] { return StudentTQuantile(.5, 0); },
      [] { return StudentTSf(kNaN, 3); },    [] { return StudentTSf(1, -1); },
      [] { return BetaQuantile(.5, 0, 1); }, [] { return BetaQuantile(2, 1, 1); },
      [] { return ChiSquaredSf(kNaN, 1); },  [] { return ChiSquaredSf(1, kInf); },
      [] { return BinomialPmf(1, -1, .5); }, [] { return BinomialCdf(1, 2, 1.5); },
      [] { return BinomialSignTest(3, 2); }, [] { return KolmogorovSf(-1); },
      [] { return KolmogorovSf(kNaN); },     [] { return LogBinomialCoefficient(2, 3); }};
  for (std::size_t i = 0; i < calls.size(); ++i) EXPECT_THROW(calls[i](), Error) << i;
}

}  // namespace
}  // namespace kedge::stats
