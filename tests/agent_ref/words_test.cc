#include "agent_ref/words.h"

#include <gtest/gtest.h>

namespace kedge::agent_ref {
namespace {

TEST(Words, FoldsCaseAndSpace) {
  EXPECT_EQ(Folded(std::string_view("  Blue\t\n Mug ")), "blue mug");
  EXPECT_EQ(Folded(Json(12)), "12");
  EXPECT_EQ(Folded(std::string_view("")), "");
}

TEST(Words, FindsWholeWordsOnly) {
  EXPECT_TRUE(ContainsWords("the blue mug, please", "blue mug"));
  EXPECT_FALSE(ContainsWords("the blue mugs", "mug"));
  EXPECT_FALSE(ContainsWords("know", "no"));
  EXPECT_TRUE(ContainsWords("no.", "no"));
  EXPECT_FALSE(ContainsWords("anything", ""));
}

TEST(Words, SameThing) {
  EXPECT_TRUE(SameThing("blue mug", "mug"));
  EXPECT_TRUE(SameThing("mug", "blue mug"));
  EXPECT_FALSE(SameThing("10", "1"));
  EXPECT_FALSE(SameThing("house 1", "1")) << "too short to say";
}

TEST(Words, Numbers) {
  EXPECT_DOUBLE_EQ(*NumberIn("12.34"), 12.34);
  EXPECT_DOUBLE_EQ(*NumberIn(" $1,200.50 "), 1200.5);
  EXPECT_FALSE(NumberIn("12 days"));
  EXPECT_FALSE(NumberIn(""));
}

}  // namespace
}  // namespace kedge::agent_ref
