#include "harness/core/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kedge {
namespace {

const std::string kFffd = "\xEF\xBF\xBD";

bool IsScalarValue(char32_t c) { return c < 0xD800 || (c > 0xDFFF && c <= 0x10FFFF); }

TEST(Utf8Test, EveryScalarValueRoundTrips) {
  std::string text;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    text.clear();
    AppendUtf8(c, text);
    ASSERT_EQ(IsValidUtf8(text), IsScalarValue(c)) << static_cast<unsigned>(c);
    if (!IsScalarValue(c)) continue;
    const CodePoint decoded = DecodeUtf8(text, 0);
    ASSERT_TRUE(decoded.valid);
    ASSERT_EQ(decoded.value, c);
    ASSERT_EQ(decoded.length, text.size());
  }
}

// How many strings of n bytes are well-formed, from the sizes of the four ranges of code points
// (without surrogates) alone.
std::uint64_t WellFormedCount(int n) {
  if (n < 0) return 0;
  if (n == 0) return 1;
  return 128 * WellFormedCount(n - 1) + 1920 * WellFormedCount(n - 2) +
         61440 * WellFormedCount(n - 3) + 1048576 * WellFormedCount(n - 4);
}

TEST(Utf8Test, AcceptsExactlyTheWellFormedStringsOfUpToThreeBytes) {
  for (int length = 1; length <= 3; ++length) {
    std::uint64_t valid = 0;
    std::string text(static_cast<std::size_t>(length), '\0');
    for (unsigned bits = 0; bits < 1U << (8 * length); ++bits) {
      for (int i = 0; i < length; ++i) text[i] = static_cast<char>(bits >> (8 * i));
      valid += IsValidUtf8(text);
    }
    EXPECT_EQ(valid, WellFormedCount(length)) << length;
  }
}

TEST(Utf8Test, AcceptsExactlyTheWellFormedStringsOfFourBytesWithALongLead) {
  std::uint64_t valid = 0;
  std::string text(4, '\0');
  for (unsigned lead = 0xF0; lead <= 0xFF; ++lead) {
    for (unsigned bits = 0; bits < 1U << 18; ++bits) {  // continuation bytes only, and some more
      text[0] = static_cast<char>(lead);
      text[1] = static_cast<char>(0x80 | (bits & 0x3F));
      text[2] = static_cast<char>(0x80 | (bits >> 6 & 0x3F));
      text[3] = static_cast<char>(0x80 | (bits >> 12 & 0x3F));
      valid += IsValidUtf8(text);
    }
  }
  EXPECT_EQ(valid, 1048576U);
}

TEST(Utf8Test, FindsABadByteAtEveryPlace) {
  for (std::size_t length = 1; length < 40; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'a');
      text[at] = '\xC3';
      EXPECT_FALSE(IsValidUtf8(text)) << length << " " << at;
    }
  }
}

struct ReplaceCase {
  std::string text;
  std::string clean;
};

TEST(Utf8Test, ReplacesMaximalInvalidParts) {
  const ReplaceCase cases[] = {
      {"", ""},
      {"plain", "plain"},
      {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"},
      // The Unicode Standard, tables 3-8 to 3-11.
      {"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41",
       kFffd + kFffd + kFffd + kFffd + kFffd + kFffd + kFffd + kFffd + "A"},
      {"\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41",
       kFffd + kFffd + kFffd + kFffd + kFffd + kFffd + kFffd + kFffd + "A"},
      {"\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42",
       kFffd + kFffd + kFffd + kFffd + kFffd + "A" + kFffd + kFffd + "B"},
      {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", kFffd + kFffd + kFffd + kFffd + "A"},
      {"\xF0\x9F\x98", kFffd},  // cut off at the end
  };
  for (const ReplaceCase& c : cases) {
    EXPECT_EQ(ReplaceInvalidUtf8(c.text), c.clean);
    EXPECT_TRUE(IsValidUtf8(ReplaceInvalidUtf8(c.text)));
  }
}

TEST(Utf8Test, EscapesWhatActsOnATerminalOrAReader) {
  const ReplaceCase cases[] = {
      {"line\n\tindented", "line\n\tindented"},
      {std::string("a\0b", 3), "a\\u{0}b"},
      {"\x1B[31mred\r", "\\u{1B}[31mred\\u{D}"},
      {"\x7F", "\\u{7F}"},
      {"\xC2\x80\xC2\x9F\xC2\xA0", "\\u{80}\\u{9F}\xC2\xA0"},
      {"\xE2\x80\xAE"
       "evil\xE2\x81\xA9",
       "\\u{202E}evil\\u{2069}"},
      {"\xD8\x9C\xE2\x80\x8E\xE2\x80\x8F", "\\u{61C}\\u{200E}\\u{200F}"},
      {"\xEF\xBF\xBE\xEF\xBF\xBF", "\\u{FFFE}\\u{FFFF}"},
      {"\xF0\x9F\x98\x80 \xC3\xA9", "\xF0\x9F\x98\x80 \xC3\xA9"},
      {"\xFF", kFffd},
  };
  for (const ReplaceCase& c : cases) EXPECT_EQ(EscapeControls(c.text), c.clean);
}

TEST(Utf8Test, EscapedTextHoldsNoControlWhateverGoesIn) {
  for (unsigned bits = 0; bits < 1U << 16; ++bits) {
    const char raw[] = {static_cast<char>(bits), static_cast<char>(bits >> 8)};
    const std::string text = EscapeControls({raw, 2});
    ASSERT_TRUE(IsValidUtf8(text));
    for (const char c : text) {
      ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
      ASSERT_NE(c, '\x7F');
    }
  }
}

struct ElideCase {
  std::string text;
  std::size_t max_bytes;
  std::string elided;
};

TEST(Utf8Test, ElidesAtCharacterBoundaries) {
  const std::string dots = "\xE2\x80\xA6", euro = "\xE2\x82\xAC";
  const ElideCase cases[] = {
      {"hello", 5, "hello"},
      {"hello!", 5, "he" + dots},
      {"hello", 3, dots},
      {"hello", 2, "he"},
      {"hello", 0, ""},
      {"", 0, ""},
      {euro + euro, 6, euro + euro},
      {euro + euro + "x", 6, euro + dots},
      {euro + euro, 5, dots},
      {euro + euro, 2, ""},
      {"a" + euro + "bcd", 6, "a" + dots},
      {"a" + euro + "bcd", 7, "a" + euro + "bcd"},
  };
  for (const ElideCase& c : cases) EXPECT_EQ(Elide(c.text, c.max_bytes), c.elided) << c.max_bytes;
}

TEST(Utf8Test, ElideKeepsToTheLimitAndStaysWellFormed) {
  std::string text;
  for (char32_t c = 0x60; c < 0x20000; c = c * 3 / 2) AppendUtf8(c, text);
  ASSERT_TRUE(IsValidUtf8(text));
  for (std::size_t limit = 0; limit <= text.size() + 1; ++limit) {
    const std::string cut = Elide(text, limit);
    EXPECT_LE(cut.size(), limit);
    EXPECT_TRUE(IsValidUtf8(cut)) << limit;
  }
}

}  // namespace
}  // namespace kedge
