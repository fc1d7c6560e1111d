#include "harness/text/pattern.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "harness/core/error.h"

namespace kedge::text {
namespace {

TEST(Pattern, SearchesAnywhereAndMatchesWhole) {
  const Pattern order = Pattern::Compile("W[0-9]{6}");
  EXPECT_TRUE(order.Matches("cancel W123456 please"));
  EXPECT_FALSE(order.FullMatch("cancel W123456 please"));
  EXPECT_TRUE(order.FullMatch("W123456"));
  EXPECT_FALSE(order.FullMatch("W123456\n"));
  EXPECT_FALSE(order.Matches("W12345"));
}

TEST(Pattern, GivesTheLeftmostMatchWithItsNamedGroups) {
  const Pattern pair = Pattern::Compile("(?P<key>[a-z]+)=(?:(?P<number>[0-9]+)|(?P<word>[a-z]+))");
  const std::string text = "  a=12, b=xyz";
  const auto first = pair.Search(text);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->begin, 2U);
  EXPECT_EQ(first->end, 6U);
  EXPECT_EQ(first->Group("key"), "a");
  EXPECT_EQ(first->Group("number"), "12");
  EXPECT_EQ(first->Group("word"), std::nullopt);
  EXPECT_EQ(first->Group("no such"), std::nullopt);
  const auto second = pair.Search(text, first->end);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->Group("word"), "xyz");
  EXPECT_FALSE(pair.Search(text, second->end));
  EXPECT_FALSE(pair.Search(text, text.size() + 1));
  EXPECT_EQ(pair.group_names(), (std::vector<std::string>{"key", "number", "word"}));
}

TEST(Pattern, AnEmptyGroupThatTookPartIsNotAnAbsentOne) {
  const Pattern pattern = Pattern::Compile("a(?P<rest>b*)");
  const auto match = pattern.Search("a");
  ASSERT_TRUE(match);
  EXPECT_EQ(match->Group("rest"), "");
}

TEST(Pattern, TheCaretMeansTheTextsBeginningEvenWhenSearchStartsLater) {
  const Pattern pattern = Pattern::Compile("^b");
  EXPECT_FALSE(pattern.Search("ab", 1));
}

TEST(Pattern, IgnoresCaseWhenAsked) {
  Pattern::Options options;
  options.case_sensitive = false;
  EXPECT_TRUE(Pattern::Compile("straße", options).Matches("EINE STRAßE"));
  EXPECT_FALSE(Pattern::Compile("yes").Matches("YES"));
}

TEST(Pattern, BadExpressionsAreNamedWithTheirFault) {
  const struct {
    std::string expression, fault;
  } cases[] = {{"a(b", "missing )"},      {"[z-a]", "invalid character class range"},
               {"(?=x)", "invalid perl"}, {R"((a)\1)", "invalid escape"},
               {"*", "no argument"},      {"a{1001}", "invalid repetition size"},
               {"\xff", "invalid UTF-8"}};
  for (const auto& bad : cases) {
    try {
      Pattern::Compile(bad.expression);
      ADD_FAILURE() << bad.expression;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadData);
      EXPECT_NE(std::string(error.what()).find(bad.fault), std::string::npos) << error.what();
    }
  }
}

TEST(Pattern, MemoryLimitRefusesHugePatterns) {
  Pattern::Options small;
  small.max_mem = 64 << 10;
  EXPECT_THROW(Pattern::Compile("((a{100}){10}){10}", small), Error);
  EXPECT_NO_THROW(Pattern::Compile("((a{10}){10}){2}"));
}

TEST(Pattern, EscapedTextMatchesItselfOnly) {
  const std::string nasty = std::string("a.b*c[0]\\d(?i)^$|\n\0é", 21);
  const Pattern pattern = Pattern::Compile(Pattern::Escape(nasty));
  EXPECT_TRUE(pattern.FullMatch(nasty));
  EXPECT_FALSE(Pattern::Compile(Pattern::Escape("a.b")).Matches("axb"));
}

// Backtracking engines need exponential time here.
TEST(Pattern, TimeIsLinearInTheText) {
  const Pattern evil = Pattern::Compile("^(a+)+$");
  const std::string text = std::string(1 << 20, 'a') + "!";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(evil.Matches(text));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(Pattern, IsSharedByThreads) {
  const Pattern pattern = Pattern::Compile("(?P<n>[0-9]+)$");
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 2000; ++i) {
          const std::string number = std::to_string(t * 10000 + i);
          const std::string text = "call " + number;
          const auto match = pattern.Search(text);
          if (!match || match->Group("n") != number) ++wrong;
        }
      });
    }
  }
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace kedge::text
