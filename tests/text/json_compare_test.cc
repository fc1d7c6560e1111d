#include "harness/text/json_compare.h"

#include <gtest/gtest.h>

#include <vector>

namespace kedge::text {
namespace {

Json Parse(const char* text) { return Json::parse(text); }

TEST(CompareJson, NumbersCompareByValueNotByStorage) {
  EXPECT_TRUE(EqualJson(Parse("1"), Parse("1.0")));
  EXPECT_TRUE(EqualJson(Parse("0"), Parse("-0.0")));
  EXPECT_FALSE(EqualJson(Parse("1"), Parse("true")));
  EXPECT_FALSE(EqualJson(Parse("0"), Parse("false")));
  EXPECT_FALSE(EqualJson(Parse("18446744073709551615"), Parse("-1")));
  // Both round to the same double.
  EXPECT_FALSE(EqualJson(Parse("9007199254740993"), Parse("9007199254740992.0")));
  EXPECT_FALSE(EqualJson(Parse("9223372036854775807"), Parse("9223372036854775808")));
}

TEST(CompareJson, IsDeep) {
  EXPECT_TRUE(EqualJson(Parse(R"({"a":[1,{"b":2.0}],"c":null})"),
                        Parse(R"({"c":null,"a":[1.0,{"b":2}]})")));
  EXPECT_FALSE(EqualJson(Parse(R"([1,2])"), Parse(R"([2,1])")));
  EXPECT_FALSE(EqualJson(Parse(R"({"a":1})"), Parse(R"({"a":1,"b":1})")));
}

// Each value is less than all that follow; checks both directions and transitivity at once.
TEST(CompareJson, IsATotalOrder) {
  std::vector<Json> ascending;
  for (const char* text : {"null",
                           "false",
                           "true",
                           "-1e308",
                           "-9223372036854775808",
                           "-1",
                           "-0.5",
                           "0",
                           "0.5",
                           "1",
                           "9007199254740992",
                           "9007199254740993",
                           "18446744073709551615",
                           "1e300",
                           R"("")",
                           R"("a")",
                           R"("aa")",
                           R"("b")",
                           "[]",
                           "[null]",
                           "[0]",
                           "[0,0]",
                           "[1]",
                           "{}",
                           R"({"a":1})",
                           R"({"a":1,"b":0})",
                           R"({"a":2})",
                           R"({"b":0})"}) {
    ascending.push_back(Parse(text));
  }
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      EXPECT_EQ(CompareJson(ascending[i], ascending[j]), i <=> j)
          << ascending[i] << " and " << ascending[j];
    }
  }
}

}  // namespace
}  // namespace kedge::text
