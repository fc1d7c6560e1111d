#include "harness/text/hidden_characters.h"

#include <gtest/gtest.h>

namespace kedge::text {
namespace {

TEST(HiddenCharacters, VisibleTextOfManyLanguagesPasses) {
  for (const char* text :
       {"", "Check the order first.\n\tThen refund it: 12.50 EUR (W000123)!",
        "Größe prüfen – jetzt", "Проверьте заказ", "注文を確認してください。カード番号",
        "주문을 확인하세요", "Ελληνικά και English", "naïve café, coöperate", "اختبر الطلب",
        "Tiếng Việt", "5 € → ½ × 3² … “quoted”", "हिन्दी में"}) {
    const auto found = FindHiddenCharacter(text);
    EXPECT_FALSE(found) << text << ": " << found->what << " at " << found->offset;
  }
}

TEST(HiddenCharacters, EachDisguiseIsFoundWhereItIs) {
  const struct {
    std::string name, text;
    std::size_t offset;
    std::string what;
  } cases[] = {{"zero-width space", "ab\u200Bc", 2, "invisible"},
               {"zero-width joiner", "a\u200Db", 1, "invisible"},
               {"word joiner", "x\u2060", 1, "invisible"},
               {"byte order mark", "\uFEFFx", 0, "invisible"},
               {"soft hyphen", "a\u00ADb", 1, "invisible"},
               {"invisible times", "2\u2062x", 1, "invisible"},
               {"Hangul filler", "a\u3164", 1, "invisible"},
               {"right-to-left override", "a\u202Ecba", 1, "invisible"},
               {"bidi isolate", "a\u2066b", 1, "invisible"},
               {"tag letter", "ok\U000E0041", 2, "invisible"},
               {"variation selector", "ok\uFE0F", 2, "invisible"},
               {"variation selector supplement", "ok\U000E0100", 2, "invisible"},
               {"interlinear annotation", "ok\uFFF9", 2, "invisible"},
               {"private use", "a\uE000", 1, "private-use"},
               {"private use plane", "a\U000F0000", 1, "private-use"},
               {"unassigned", "a\u0378", 1, "unassigned"},
               {"no-break space", "a\u00A0b", 1, "unusual space"},
               {"line separator", "a\u2028b", 1, "unusual space"},
               {"C1 control", "a\u0085", 1, "control"},
               {"escape", "a\x1B[0m", 1, "control"},
               {"carriage return", "a\r\n", 1, "control"},
               {"NUL", std::string("a\0b", 3), 1, "control"},
               {"delete", "a\x7F", 1, "control"},
               {"decomposed", "cafe\u0301", 4, "NFC"},
               {"Angstrom sign", "5 \u212B", 2, "NFC"},
               {"stack of marks", "a\u0316\u0317\u0318\u0319", 5, "marks"},
               {"Cyrillic a in a Latin word", "p\u0430ypal", 1, "two scripts"},
               {"Greek o in a Latin word", "b\u03BFb", 1, "two scripts"},
               {"malformed", "ab\xFF", 2, "malformed"},
               {"overlong", "\xC0\xAF", 0, "malformed"}};
  for (const auto& c : cases) {
    const auto found = FindHiddenCharacter(c.text);
    ASSERT_TRUE(found) << c.name;
    EXPECT_NE(found->what.find(c.what), std::string::npos) << c.name << ": " << found->what;
    if (c.what != "NFC") {
      EXPECT_EQ(found->offset, c.offset) << c.name;
    }
  }
}

}  // namespace
}  // namespace kedge::text
