#include "agent_ref/exact_test.h"

#include <gtest/gtest.h>

#include <vector>

namespace kedge::agent_ref {
namespace {

// Expected values from exact rational arithmetic (Python: fractions.Fraction and math.comb).
TEST(StratifiedExactP, KnownAnswers) {
  const std::pair<std::vector<Table>, double> cases[] = {
      {{{3, 3, 0, 12}}, 0.002197802197802198},
      {{{8, 10, 2, 20}}, 0.00029126295992862707},
      {{{5, 5, 5, 5}}, 1.0},
      {{{0, 4, 3, 6}}, 1.0},
      {{{12, 12, 1, 30}}, 1.175607034332155e-09},
      {{{3, 4, 1, 9}, {2, 2, 3, 10}}, 0.008582326764144946},
      {{{8, 10, 2, 20}, {1, 3, 0, 5}, {4, 4, 0, 0}}, 0.0001134048360435167},
      {{{40, 50, 100, 400}, {30, 60, 20, 300}}, 3.216390833591176e-27},
  };
  for (const auto& [tables, expected] : cases) {
    EXPECT_NEAR(StratifiedExactP(tables), expected, expected * 1e-10);
  }
}

TEST(StratifiedExactP, NothingToCompareIsNoEvidence) {
  EXPECT_EQ(StratifiedExactP({}), 1.0);
  EXPECT_EQ(StratifiedExactP(std::vector<Table>{{7, 7, 0, 0}, {0, 0, 3, 9}}), 1.0);
}

TEST(StratifiedExactP, LargeTablesStayFinite) {
  const std::vector<Table> tables(3, Table{3000, 4000, 1000, 3000});
  const double p = StratifiedExactP(tables);
  EXPECT_GE(p, 0.0);
  EXPECT_LT(p, 1e-100);
  EXPECT_NEAR(StratifiedExactP(std::vector<Table>{{3000, 6000, 3000, 6000}}), 0.5, 0.01);
}

TEST(Table, CountsAndRates) {
  Table table;
  table.Add(true, true);
  table.Add(true, false);
  table.Add(false, false);
  EXPECT_DOUBLE_EQ(table.WithRate(), 0.5);
  EXPECT_DOUBLE_EQ(table.WithoutRate(), 0.0);
  table += Table{1, 1, 1, 1};
  EXPECT_EQ(table.with_good, 2);
  EXPECT_DOUBLE_EQ(table.Gain(), 2.0 / 3 - 0.5);
}

}  // namespace
}  // namespace kedge::agent_ref
