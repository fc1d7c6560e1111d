#include "harness/db/calculator.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"

namespace kedge::db {
namespace {

std::string Outcome(const std::string& expression) {
  try {
    return Calculate(expression);
  } catch (const Error& error) {
    return error.message();
  }
}

// str(round(float(eval(expression)), 2)) of Python 3.11, but for the exact ties, which Python
// decides by the nearest binary number.
TEST(Calculator, AnswersAsRecordedCalculatorsDo) {
  EXPECT_EQ(Calculate("152 + 103"), "255.0");
  EXPECT_EQ(Calculate("(136 - (94 + 80)) * 3"), "-114.0");
  EXPECT_EQ(Calculate("498 * 1.5"), "747.0");
  EXPECT_EQ(Calculate("0.1 + 0.2"), "0.3");
  EXPECT_EQ(Calculate("10 / 3"), "3.33");
  EXPECT_EQ(Calculate("2/3*3"), "2.0");
  EXPECT_EQ(Calculate("1 - 2 - 3"), "-4.0");
  EXPECT_EQ(Calculate("2 + 3 * 4 - 8 / 4"), "12.0");
  EXPECT_EQ(Calculate("-(-5)"), "5.0");
  EXPECT_EQ(Calculate("- -5 + +2"), "7.0");
  EXPECT_EQ(Calculate(".5 + 1."), "1.5");
  EXPECT_EQ(Calculate("-7 / 100"), "-0.07");
}

TEST(Calculator, TiesGoToTheEvenHundredth) {
  EXPECT_EQ(Calculate("0.125"), "0.12");
  EXPECT_EQ(Calculate("0.135"), "0.14");
  EXPECT_EQ(Calculate("-0.125"), "-0.12");
  EXPECT_EQ(Calculate("1/1000"), "0.0");
  EXPECT_EQ(Calculate("-1/1000"), "0.0");
  EXPECT_EQ(Calculate("99.995"), "100.0");
}

TEST(Calculator, WrongExpressionsSayWhatIsWrong) {
  for (const char* text : {"", "   ", "1 +", "* 2", "(1", "1)", "1 2", "1.2.3", ".", "a", "2 ** 3",
                           "7 // 2", "()", "1e5", "1,000"}) {
    EXPECT_EQ(Outcome(text), "invalid syntax") << text;
  }
  EXPECT_EQ(Outcome("1 / 0"), "division by zero");
  EXPECT_EQ(Outcome("1 / (2 - 2)"), "division by zero");
  EXPECT_EQ(Outcome("99999999999999999999"), "number too large");
  EXPECT_EQ(Outcome("9223372036854775807 * 2"), "number too large");
  EXPECT_EQ(Calculate("9223372036854775807"), "9223372036854775807.0");
  EXPECT_EQ(Outcome(std::string(101, '(') + "1" + std::string(101, ')')), "nested too deeply");
  EXPECT_EQ(Outcome(std::string(100, '(') + "1" + std::string(100, ')')), "1.0");
  EXPECT_EQ(Outcome(std::string(100'000, '-') + "1"), "1.0");
  EXPECT_EQ(Outcome(std::string("1\0+1", 4)), "invalid syntax");
}

TEST(Calculator, IsASqlFunction) {
  Database database = Database::OpenMemory();
  AddCalculator(database);
  Statement query = database.Prepare("SELECT calc('2 * 3.5'), calc(NULL)");
  ASSERT_TRUE(query.Step());
  EXPECT_EQ(query.JsonValue(0), "7.0");
  EXPECT_EQ(query.JsonValue(1), nullptr);
  Statement wrong = database.Prepare("SELECT calc(12)");
  EXPECT_THROW(wrong.Step(), Error);
}

}  // namespace
}  // namespace kedge::db
