#include "harness/suite/scripted_user.h"

#include <gtest/gtest.h>

#include "harness/suite/fold.h"

namespace kedge::suite {
namespace {

Task Ada() {
  Task task;
  task.facts = {{"email", "ada@example.com", {"e-mail", "email"}},
                {"order", "W000123", {"order number", "order"}}};
  return task;
}

TEST(ScriptedUser, TellsWhatIsAskedFor) {
  const Task task = Ada();
  ScriptedUser user(task, {}, 1);
  EXPECT_EQ(user.Answer("What is your e-mail address?"), "My e-mail is ada@example.com");
  EXPECT_EQ(user.Answer("Your ORDER number?"), "My order number is W000123");
  EXPECT_EQ(user.Answer("Give me your email and your order."),
            "My e-mail is ada@example.com and my order number is W000123");
  EXPECT_EQ(user.Answer("How is the weather in the borderland?"), "I don't know.");
  EXPECT_EQ(user.questions(), 4);
}

TEST(ScriptedUser, ConfirmsOrNot) {
  Task task = Ada();
  ScriptedUser willing(task, {}, 1);
  for (const char* question : {"Shall I cancel it?", "Should I do that?", "OK to go ahead?",
                               "Please confirm.", "Do you want me to proceed?"}) {
    EXPECT_EQ(willing.Answer(question), "Yes, please go ahead.") << question;
  }
  EXPECT_EQ(willing.Answer("Shall I use your e-mail?"),
            "Yes, please go ahead. My e-mail is ada@example.com");
  task.user_confirms = false;
  ScriptedUser unwilling(task, {}, 1);
  EXPECT_EQ(unwilling.Answer("Shall I go on?"), "No, please don't.");
}

TEST(ScriptedUser, NoiseHitsTheFirstQuestionOfAKindOnly) {
  const Task task = Ada();
  int unclear = 0;
  int late = 0;
  const int seeds = 2000;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    ScriptedUser user(task, {.unclear = 0.1, .late = 0.2}, seed);
    const std::string first = user.Answer("Your email?");
    if (first.find("oment") != std::string::npos || first.find("second") != std::string::npos) {
      ++late;
    } else if (first.find("ada@") == std::string::npos) {
      ++unclear;
    }
    EXPECT_EQ(user.Answer("Your e-mail, please?"), "My e-mail is ada@example.com");
  }
  // Five standard errors of a binomial proportion.
  EXPECT_NEAR(unclear, 200, 5 * 13.4);
  EXPECT_NEAR(late, 400, 5 * 17.9);
}

TEST(ScriptedUser, NoiseDependsOnSeedAndKindOnly) {
  const Task task = Ada();
  const UserNoise noise{.unclear = 0.3, .late = 0.3};
  int different = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    ScriptedUser one(task, noise, seed);
    ScriptedUser two(task, noise, seed);
    two.Answer("Shall I?");
    two.Answer("What colour?");
    const std::string order = one.Answer("Which order?");
    EXPECT_EQ(order, two.Answer("The order, please?"));
    different += order != one.Answer("Your email?") ? 1 : 0;
  }
  EXPECT_GT(different, 0);
}

TEST(Fold, IgnoresCaseAndWhiteSpace) {
  EXPECT_EQ(Fold("  Hello\t\n WORLD "), "hello world");
  EXPECT_EQ(Fold("Straße É"), "straße É");
  EXPECT_EQ(Fold(" \n"), "");
}

TEST(Fold, NumbersAreNotCutInTwo) {
  const struct {
    const char* text;
    const char* part;
    bool contains;
  } cases[] = {
      {"It costs 12.50 today.", "12.50", true},
      {"It costs 12.50.", "12.5", false},
      {"It costs 12.50.", "12", false},
      {"It costs 112", "12", false},
      {"It costs 1,123", "123", false},
      {"It costs 12.", "12", true},
      {"It costs 12, or so", "12", true},
      {"0.12 and 12", "12", true},
      {"W000123", "W000123", true},
      {"W0001234", "W000123", false},
      {"refunded", "refund", true},
      {"", "x", false},
      {"anything", "", false},
      {"The  TOTAL\nis 3", "total is 3", true},
      {"3 of 4", "3 of 4", true},
      {"13 of 4", "3 of 4", false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ContainsText(c.text, c.part), c.contains) << c.text << " / " << c.part;
  }
}

TEST(Fold, WordsStandAlone) {
  EXPECT_TRUE(ContainsWord("Your card?", "card"));
  EXPECT_TRUE(ContainsWord("the e-mail", "e-mail"));
  EXPECT_FALSE(ContainsWord("discard it", "card"));
  EXPECT_FALSE(ContainsWord("cards", "card"));
  EXPECT_TRUE(ContainsWord("discards, card", "card"));
}

}  // namespace
}  // namespace kedge::suite
