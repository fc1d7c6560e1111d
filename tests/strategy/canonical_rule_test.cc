#include "harness/strategy/canonical_rule.h"

#include <gtest/gtest.h>

namespace kedge::strategy {
namespace {

CanonicalRule Form(const std::string& json) {
  Json record = ParseJson(json);
  record["id"] = "g";
  record["text"] = "t";
  return CanonicalOf(GuidelineFromJson(record, "test"));
}

TEST(CanonicalRule, IsTheSameHoweverTheRuleIsWritten) {
  const CanonicalRule a = Form(R"({"when": {"tool": ["b", "a", "b"], "goal": "g"},
                              "then": {"call_first": "h"}, "scope": ["y", "x"]})");
  const CanonicalRule b = Form(R"({"when": {"goal": ["g"], "tool": ["a", "b"]},
                              "then": {"call_first": ["h"]}, "scope": ["x", "y"]})");
  EXPECT_EQ(a, b);
  EXPECT_EQ(KeyOf(a), KeyOf(b));
  // The order of helpers is the order of calls.
  EXPECT_NE(Form(R"({"when": {"tool": "a"}, "then": {"call_first": ["h", "i"]}})"),
            Form(R"({"when": {"tool": "a"}, "then": {"call_first": ["i", "h"]}})"));
}

TEST(CanonicalRule, TheWiderRuleCoversTheNarrower) {
  const CanonicalRule wide = Form(R"({"when": {"tool": ["a", "b"]}, "then": {"call_first": "h"}})");
  for (const char* narrow : {R"({"when": {"tool": "a"}, "then": {"call_first": "h"}})",
                             R"({"when": {"tool": "a", "goal": "g"}, "then": {"call_first": "h"}})",
                             R"({"when": {"tool": "a"}, "then": {"call_first": "h"},
                                 "unless": {"called": "x"}})",
                             R"({"when": {"tool": "b", "called": "x"}, "then": {"call_first": "h"}})",
                             R"({"when": {"tool": ["a", "b"]}, "then": {"call_first": "h"},
                                 "scope": ["g"]})"}) {
    EXPECT_TRUE(Covers(wide, Form(narrow))) << narrow;
    EXPECT_FALSE(Covers(Form(narrow), wide)) << narrow;
    EXPECT_TRUE(MayMeet(wide, Form(narrow)));
  }
  EXPECT_TRUE(Covers(wide, wide));
  for (const char* other : {R"({"when": {"tool": "a"}, "then": {"call_after": "h"}})",
                            R"({"when": {"tool": "c"}, "then": {"call_first": "h"}})",
                            R"({"when": {"effect": "write"}, "then": {"call_first": "h"}})",
                            R"({"when": {"goal": "g"}, "then": {"call_first": "h"}})"}) {
    EXPECT_FALSE(Covers(wide, Form(other))) << other;
  }
}

TEST(CanonicalRule, AnErrorIsAnotherMoment) {
  const CanonicalRule before = Form(R"({"when": {"tool": "a"}, "then": {"stop": "No."}})");
  const CanonicalRule after = Form(R"({"when": {"tool": "a", "error": "e"}, "then": {"stop": "No."}})");
  EXPECT_FALSE(Covers(before, after));
  EXPECT_FALSE(Covers(after, before));
  EXPECT_FALSE(MayMeet(before, after));
}

}  // namespace
}  // namespace kedge::strategy
