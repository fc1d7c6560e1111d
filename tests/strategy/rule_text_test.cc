#include "harness/strategy/import/rule_text.h"

#include <gtest/gtest.h>

#include "harness/strategy/rule.h"

namespace kedge::strategy {
namespace {

const std::vector<std::string> kTools = {"open_door", "show_badge", "sync_log", "getDoor"};

struct Sentence {
  const char* text;
  const char* rule;  // [when, then, unless]
};

class RuleText : public ::testing::TestWithParam<Sentence> {};

TEST_P(RuleText, IsRead) {
  const auto rule = ReadRuleText(GetParam().text, kTools);
  ASSERT_TRUE(rule) << GetParam().text;
  const Json expected = ParseJson(GetParam().rule);
  EXPECT_EQ(rule->when, expected[0]);
  EXPECT_EQ(rule->then, expected[1]);
  EXPECT_EQ(rule->unless, expected[2]);
  Guideline guideline;
  guideline.id = "g";
  guideline.when = rule->when;
  guideline.then = rule->then;
  guideline.unless = rule->unless;
  EXPECT_NO_THROW(ParseRule(guideline)) << "whatever is read is a rule";
}

INSTANTIATE_TEST_SUITE_P(
    Sentences, RuleText,
    ::testing::Values(
        Sentence{"Always call show_badge before open_door.",
                 R"([{"tool":"open_door"},{"call_first":"show_badge"},null])"},
        Sentence{"You must use `show_badge()` before calling `open_door`, because it refuses.",
                 R"([{"tool":"open_door"},{"call_first":"show_badge"},null])"},
        Sentence{"Before calling open_door, always invoke show_badge and sync_log first",
                 R"([{"tool":"open_door"},{"call_first":["show_badge","sync_log"]},null])"},
        Sentence{"open_door requires show_badge. The door stays shut otherwise.",
                 R"([{"tool":"open_door"},{"call_first":"show_badge"},null])"},
        Sentence{"Call show_badge before open_door unless it was already called.",
                 R"([{"tool":"open_door"},{"call_first":"show_badge"},{"called":"show_badge"}])"},
        Sentence{"Call show_badge before open_door unless sync_log has been called",
                 R"([{"tool":"open_door"},{"call_first":"show_badge"},{"called":"sync_log"}])"},
        Sentence{"After open_door, call sync_log.",
                 R"([{"tool":"open_door"},{"call_after":"sync_log"},null])"},
        Sentence{"Call GETDOOR before open_door",
                 R"([{"tool":"open_door"},{"call_first":"getDoor"},null])"},
        Sentence{"Never call open_door after sync_log",
                 R"([{"tool":"open_door","called":"sync_log"},
                     {"stop":"Never call open_door after sync_log"},null])"},
        Sentence{
            "Do not call open_door until show_badge was called",
            R"([{"tool":"open_door"},{"stop":"Do not call open_door until show_badge was called"},
                     {"called":"show_badge"}])"},
        Sentence{"Only call open_door after calling show_badge",
                 R"([{"tool":"open_door"},{"stop":"Only call open_door after calling show_badge"},
                     {"called":"show_badge"}])"},
        Sentence{"Don't use open_door",
                 R"([{"tool":"open_door"},{"stop":"Don't use open_door"},null])"},
        Sentence{"If open_door fails with badge_unseen, call show_badge and retry.",
                 R"([{"tool":"open_door","error":"badge_unseen"},{"recover":"show_badge"},null])"},
        Sentence{"When open_door returns a badge_unseen error, run show_badge and then try "
                 "open_door again",
                 R"([{"tool":"open_door","error":"badge_unseen"},{"recover":"show_badge"},null])"},
        Sentence{"Retry open_door if it fails with unavailable",
                 R"([{"tool":"open_door","error":"unavailable"},{"on_error":"retry"},null])"},
        Sentence{"If open_door fails with taken, do not retry",
                 R"([{"tool":"open_door","error":"taken"},{"on_error":"stop"},null])"},
        Sentence{"Ask the user for confirmation before calling open_door.",
                 R"([{"tool":"open_door"},{"confirm":true},null])"},
        Sentence{"Do not ask for confirmation before open_door",
                 R"([{"tool":"open_door"},{"confirm":false},null])"},
        Sentence{"If open_door fails with too_heavy, set mode to hold_open and try again.",
                 R"([{"tool":"open_door","error":"too_heavy"},{"set":{"mode":"hold_open"}},null])"},
        Sentence{"Set quiet to true before calling open_door.",
                 R"([{"tool":"open_door"},{"set":{"quiet":true}},null])"},
        Sentence{"Before open_door, set seconds to 30",
                 R"([{"tool":"open_door"},{"set":{"seconds":30}},null])"},
        Sentence{"Take the door_id from getDoor when calling open_door",
                 R"([{"tool":"open_door","argument":"door_id"},{"prefer":"tool:getDoor"},null])"}));

TEST(RuleText, OneWordThatIsNotUnderstoodAndItIsOnlyText) {
  for (const char* text :
       {"", ".", "Be polite.", "Usually call show_badge before open_door",
        "Call show_badge before open_door on Mondays", "Call show_badge before the gate",
        "Call show_badge before open_door. Then call sync_log.", "Call show_badge, then open_door",
        "Never call open_door after sync_log unless show_badge was called",
        "If open_door fails, call show_badge", "show_badge open_door",
        "Call show_badge before open_door if the door is red",
        "Do not only call show_badge before open_door"}) {
    EXPECT_FALSE(ReadRuleText(text, kTools)) << text;
  }
  EXPECT_FALSE(ReadRuleText("Always call show_badge before open_door", {})) << "no known tool";
}

TEST(RuleText, NamesTools) {
  EXPECT_EQ(ToolsNamedIn("First `open_door`, then getdoor; never open_doors.", kTools),
            (std::vector<std::string>{"getDoor", "open_door"}));
}

}  // namespace
}  // namespace kedge::strategy
