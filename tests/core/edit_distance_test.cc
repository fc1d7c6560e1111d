#include <gtest/gtest.h>

#include "harness/core/document.h"

namespace kedge {
namespace {

struct NearestCase {
  const char* word;
  const char* nearest;
};

TEST(NearestWordTest, FindsTypingMistakes) {
  const std::vector<std::string> known = {"weight",   "strata",     "max_tokens",
                                          "families", "min_trials", "id"};
  const NearestCase cases[] = {
      {"weight", "weight"},            // itself
      {"wieght", "weight"},            // neighbours swapped
      {"weigt", "weight"},             // one missing
      {"weightt", "weight"},           // one too many
      {"weiGHt", "weight"},            // two changed
      {"wEIGHt", ""},                  // four changed
      {"stratum", "strata"},           // two edits
      {"maxtoken", "max_tokens"},      // two missing
      {"min_trails_x", "min_trials"},  // a third of a longer word
      {"ix", "id"},                    // half of a short word
      {"xy", ""},                      // nothing in common
      {"zzzzzzzz", ""},
      {"", ""},
  };
  for (const NearestCase& c : cases) EXPECT_EQ(NearestWord(c.word, known), c.nearest) << c.word;
}

TEST(NearestWordTest, PrefersTheCloserThenTheFirst) {
  EXPECT_EQ(NearestWord("abcd", {"abxy", "abcx"}), "abcx");
  EXPECT_EQ(NearestWord("abcd", {"abcx", "abcy"}), "abcx");
  EXPECT_EQ(NearestWord("abcd", {}), "");
}

TEST(NearestWordTest, GivesUpOnHugeWords) {
  EXPECT_EQ(NearestWord(std::string(1'000'000, 'a'), {std::string(1'000'000, 'a')}), "");
}

}  // namespace
}  // namespace kedge
