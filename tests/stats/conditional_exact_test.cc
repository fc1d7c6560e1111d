#include "harness/stats/conditional_exact.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "harness/core/error.h"

namespace kedge::stats {
namespace {

// Expected values from exact rational arithmetic (Python: fractions.Fraction and math.comb).
TEST(ConditionalExactGreater, KnownAnswers) {
  const std::pair<std::vector<TwoByTwo>, double> cases[] = {
      {{{3, 3, 0, 12}}, 0.002197802197802198},
      {{{8, 10, 2, 20}}, 0.00029126295992862707},
      {{{5, 5, 5, 5}}, 1.0},
      {{{0, 4, 3, 6}}, 1.0},
      {{{12, 12, 1, 30}}, 1.175607034332155e-09},
      {{{3, 4, 1, 9}, {2, 2, 3, 10}}, 0.008582326764144946},
      {{{8, 10, 2, 20}, {1, 3, 0, 5}, {4, 4, 0, 0}}, 0.0001134048360435167},
      {{{500, 5000, 400, 5000}}, 0.00026782526353105046},
      {{{40, 50, 100, 400}, {30, 60, 20, 300}}, 3.216390833591176e-27},
  };
  for (const auto& [tables, expected] : cases) {
    EXPECT_NEAR(ConditionalExactGreater(tables), expected, expected * 1e-10);
  }
}

TEST(ConditionalExactGreater, NothingToCompareIsNoEvidence) {
  EXPECT_EQ(ConditionalExactGreater({}), 1.0);
  EXPECT_EQ(ConditionalExactGreater(std::vector<TwoByTwo>{{7, 7, 0, 0}, {0, 0, 3, 9}}), 1.0);
}

TEST(ConditionalExactGreater, RefusesWhatIsNoTable) {
  for (const TwoByTwo& table :
       {TwoByTwo{4, 3, 0, 2}, TwoByTwo{1, 3, 3, 2}, TwoByTwo{-1, 3, 0, 2}, TwoByTwo{0, 3, -1, 2}}) {
    EXPECT_THROW(ConditionalExactGreater({&table, 1}), Error);
    EXPECT_THROW(MinimumAttainableP({&table, 1}), Error);
  }
}

// Exact rational arithmetic again.
TEST(MinimumAttainableP, KnownAnswers) {
  const std::pair<std::vector<TwoByTwo>, double> cases[] = {
      {{{2, 3, 1, 12}}, 0.002197802197802198},
      {{{8, 10, 2, 20}}, 3.328339160423119e-08},
      {{{3, 4, 1, 9}, {2, 2, 3, 10}}, 0.00021190930281839374},
      {{{3, 6, 3, 6}}, 0.0010822510822510823},
      {{{7, 7, 0, 0}}, 1.0},
      {{{500, 5000, 400, 5000}}, 5.4386585045156794e-291},
  };
  for (const auto& [tables, expected] : cases) {
    EXPECT_NEAR(MinimumAttainableP(tables), expected, expected * 1e-9);
  }
}

TEST(ConditionalExactGreater, LargeTablesStayFinite) {
  const std::vector<TwoByTwo> tables(3, TwoByTwo{3000, 4000, 1000, 3000});
  const double p = ConditionalExactGreater(tables);
  EXPECT_GE(p, 0.0);
  EXPECT_LT(p, 1e-100);
  EXPECT_NEAR(ConditionalExactGreater(std::vector<TwoByTwo>{{3000, 6000, 3000, 6000}}), 0.5, 0.01);
}

TEST(TwoByTwo, CountsAndRates) {
  TwoByTwo table;
  table.Add(true, true);
  table.Add(true, false);
  table.Add(false, false);
  EXPECT_DOUBLE_EQ(table.ExposedRate(), 0.5);
  EXPECT_DOUBLE_EQ(table.UnexposedRate(), 0.0);
  table += TwoByTwo{1, 1, 1, 1};
  EXPECT_EQ(table.exposed_successes, 2);
  EXPECT_DOUBLE_EQ(table.RateDifference(), 2.0 / 3 - 0.5);
}

}  // namespace
}  // namespace kedge::stats
