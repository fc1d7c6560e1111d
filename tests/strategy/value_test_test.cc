#include "harness/strategy/value_test.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/core/random.h"

namespace kedge::strategy {
namespace {

ValueTest TestOf(const std::string& json) {
  return ParseValueTest(Document::FromJson(json, "test.json").root());
}

TEST(ValueTest, LiteralsPassByValue) {
  EXPECT_TRUE(Passes(TestOf("1"), 1.0));
  EXPECT_FALSE(Passes(TestOf("1"), "1"));
  EXPECT_TRUE(Passes(TestOf(R"(["a", true])"), true));
  EXPECT_FALSE(Passes(TestOf(R"(["a", true])"), "b"));
  EXPECT_FALSE(Passes(TestOf(R"("a")"), Json::array({"a"})));
}

TEST(ValueTest, BoundsTakeNumbersAndDecimalTexts) {
  const ValueTest test = TestOf(R"({"at_least": 2.5, "at_most": 9})");
  for (const Json& value : {Json(2.5), Json(9), Json("9.00"), Json("3")}) {
    EXPECT_TRUE(Passes(test, value)) << value;
  }
  for (const Json& value : {Json(2.49), Json("9.01"), Json("3 kg"), Json(""), Json(true),
                            Json(nullptr), Json("0x3"), Json("nan"), Json("inf")}) {
    EXPECT_FALSE(Passes(test, value)) << value;
  }
}

TEST(ValueTest, AValueThatIsMissingPassesNothing) {
  const ValueTests tests = ParseValueTests(
      Document::FromJson(R"({"zone": "a", "weight": {"at_most": 3}})", "t.json").root());
  EXPECT_TRUE(Pass(tests, Json{{"zone", "a"}, {"weight", "2.5"}, {"other", 1}}));
  EXPECT_FALSE(Pass(tests, Json{{"zone", "a"}}));
  EXPECT_FALSE(Pass(tests, Json::object()));
}

TEST(ValueTest, WhatCannotBeReadIsNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {"null", "expected a text"},        {"[]", "at least one value"},
      {"[[1]]", "expected a text"},       {"{}", "at_least, at_most or both"},
      {R"({"at_lest": 1})", "at_least"},  {R"({"at_least": 2, "at_most": 1})", "no value"},
      {R"({"at_least": "2"})", "number"},
  };
  for (const auto& [json, expected] : cases) {
    try {
      TestOf(json);
      ADD_FAILURE() << json << " was read";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(expected), std::string::npos) << error.what();
    }
  }
}

ValueTest DrawTest(Random& random) {
  ValueTest test;
  if (random.Below(2) == 0) {
    for (std::uint64_t i = 0; i <= random.Below(3); ++i) {
      test.any_of.push_back(static_cast<int>(random.Below(6)));
    }
    return test;
  }
  const std::uint64_t low = random.Below(6);
  if (random.Below(3) != 0) test.at_least = static_cast<double>(low);
  if (!test.at_least || random.Below(2) == 0) {
    test.at_most = static_cast<double>(low + random.Below(4));
  }
  return test;
}

TEST(ValueTest, RelationsAgreeWithValues) {
  Random random(7);
  int covered = 0;
  int apart = 0;
  for (int i = 0; i < 2000; ++i) {
    const ValueTests a = {{"n", DrawTest(random)}};
    const ValueTests b = {{"n", DrawTest(random)}};
    EXPECT_TRUE(Covers(a, a));
    EXPECT_EQ(MayMeet(a, b), MayMeet(b, a));
    for (int n = 0; n < 12; ++n) {
      const Json value = {{"n", n}};
      EXPECT_TRUE(!Covers(a, b) || !Pass(b, value) || Pass(a, value)) << ToJson(a) << ToJson(b);
      EXPECT_TRUE(MayMeet(a, b) || !Pass(a, value) || !Pass(b, value)) << ToJson(a) << ToJson(b);
    }
    covered += Covers(a, b) ? 1 : 0;
    apart += MayMeet(a, b) ? 0 : 1;
    const ValueTest again = TestOf(DumpJson(ToJson(a.at("n"))));
    EXPECT_EQ(ToJson(again), ToJson(a.at("n")));
  }
  EXPECT_GT(covered, 100);
  EXPECT_GT(apart, 100);
}

}  // namespace
}  // namespace kedge::strategy
