#include "harness/db/population_functions.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "harness/core/error.h"

namespace kedge::db {
namespace {

Json Value(std::uint64_t seed, const std::string& expression) {
  Database database = Database::OpenMemory();
  AddDrawFunctions(database, "", seed);
  AddDrawFunctions(database, "other_", 7);
  AddMoneyFunction(database);
  Statement query = database.Prepare("SELECT " + expression);
  query.Step();
  return query.JsonValue(0);
}

TEST(PopulationFunctions, MoneyWritesCentsAsAmounts) {
  EXPECT_EQ(Value(1, "money(1234)"), "12.34");
  EXPECT_EQ(Value(1, "money(5)"), "0.05");
  EXPECT_EQ(Value(1, "money(0)"), "0.00");
  EXPECT_EQ(Value(1, "money(-1205)"), "-12.05");
  EXPECT_EQ(Value(1, "money(NULL)"), nullptr);
  EXPECT_EQ(Value(1, "money(-9223372036854775807 - 1)"), "-92233720368547758.08");
}

TEST(PopulationFunctions, DrawsDependOnSeedNameAndKeysOnly) {
  EXPECT_EQ(Value(7, "rnd('a', 1)"), Value(7, "rnd('a', 1)"));
  EXPECT_NE(Value(7, "rnd('a', 1)"), Value(8, "rnd('a', 1)"));
  EXPECT_NE(Value(7, "rnd('a', 1)"), Value(7, "rnd('a', 2)"));
  EXPECT_NE(Value(7, "rnd('a', 1)"), Value(7, "rnd('a', '1')"));
  EXPECT_NE(Value(7, "rnd('ab', 'c')"), Value(7, "rnd('a', 'bc')"));
}

TEST(PopulationFunctions, APrefixMakesDrawsOfAnotherSeed) {
  for (const char* call : {"rnd('a')", "rnd_int(1, 1000000, 'a')", "pick(1000000, 'a')"}) {
    EXPECT_EQ(Value(7, std::string("other_") + call), Value(8, std::string("other_") + call));
    EXPECT_NE(Value(7, std::string("other_") + call), Value(7, call)) << call;
  }
}

TEST(PopulationFunctions, DrawsCoverTheirRangeEvenly) {
  Database database = Database::OpenMemory();
  AddDrawFunctions(database, "", 3);
  Statement query = database.Prepare(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) "
      "SELECT avg(rnd('u', i)), min(rnd_int(-2, 3, i)), max(rnd_int(-2, 3, i)), "
      "min(pick(4, i)), max(pick(4, i)), avg(pick(4, i)) FROM n");
  ASSERT_TRUE(query.Step());
  // Four standard errors: 1 / sqrt(12 * 6000) for the uniform, sqrt(1.25 / 6000) for 0..3.
  EXPECT_NEAR(query.Double(0), 0.5, 4 * 0.00373);
  EXPECT_EQ(query.Int(1), -2);
  EXPECT_EQ(query.Int(2), 3);
  EXPECT_EQ(query.Int(3), 0);
  EXPECT_EQ(query.Int(4), 3);
  EXPECT_NEAR(query.Double(5), 1.5, 4 * 0.01443);
}

TEST(PopulationFunctions, WrongArgumentsAreErrors) {
  for (const char* expression :
       {"rnd()", "rnd_int(3, 2, 'k')", "rnd_int(1, 2)", "pick(0, 'k')", "pick('x', 'k')", "pick(3)",
        "other_rnd()", "other_pick(3)", "money(1.5)", "money('12')",
        "rnd_int(-9223372036854775807 - 1, 9223372036854775807, 'k')"}) {
    EXPECT_THROW(Value(1, expression), Error) << expression;
  }
}

}  // namespace
}  // namespace kedge::db
