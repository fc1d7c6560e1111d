#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdio>

#include "harness/core/digest.h"
#include "harness/core/json.h"
#include "harness/core/random.h"
#include "tests/core/expect_error.h"

namespace kedge {
namespace {

using testing::ErrorOf;

// RFC 8785, section 3.2.2.
TEST(CanonicalJsonTest, TheExampleOfTheRfc) {
  const Json value = ParseJson(R"({
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  })");
  EXPECT_EQ(CanonicalJson(value),
            "{\"literals\":[null,true,false],"
            "\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
            "\"string\":\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

// RFC 8785, section 3.2.3.
TEST(CanonicalJsonTest, KeysAreSortedAsUtf16) {
  const Json value = ParseJson(R"({
    "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis"
  })");
  EXPECT_EQ(CanonicalJson(value),
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xC2\x80\":\"Control\","
            "\"\xC3\xB6\":\"Latin Small Letter O With Diaeresis\","
            "\"\xE2\x82\xAC\":\"Euro Sign\",\"\xF0\x9F\x98\x80\":\"Emoji: Grinning Face\","
            "\"\xEF\xAC\xB3\":\"Hebrew Letter Dalet With Dagesh\"}");
}

TEST(CanonicalJsonTest, SurrogatesSortBetweenD7ffAndE000) {
  const Json value = ParseJson(
      R"({"x\uE000":1,"x\uD7FF":2,"x\uDBFF\uDFFF":3,"x\uD800\uDC00":4,"x\uFFFF":5,"x":6,"x\uEFFF":7})");
  std::string order;
  for (const char c : CanonicalJson(value)) {
    if (c >= '1' && c <= '7') order += c;
  }
  EXPECT_EQ(order, "6243175");
}

TEST(CanonicalJsonTest, APrefixComesFirst) {
  EXPECT_EQ(CanonicalJson(ParseJson(R"({"ab":1,"a":2,"":3,"b":4})")),
            R"({"":3,"a":2,"ab":1,"b":4})");
}

struct NumberCase {
  std::uint64_t bits;
  const char* text;
};

// RFC 8785, appendix B.
TEST(CanonicalJsonTest, NumbersOfTheRfc) {
  const NumberCase cases[] = {
      {0x0000000000000000, "0"},
      {0x8000000000000000, "0"},
      {0x0000000000000001, "5e-324"},
      {0x8000000000000001, "-5e-324"},
      {0x7fefffffffffffff, "1.7976931348623157e+308"},
      {0xffefffffffffffff, "-1.7976931348623157e+308"},
      {0x4340000000000000, "9007199254740992"},
      {0xc340000000000000, "-9007199254740992"},
      {0x4430000000000000, "295147905179352830000"},
      {0x44b52d02c7e14af5, "9.999999999999997e+22"},
      {0x44b52d02c7e14af6, "1e+23"},
      {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
      {0x444b1ae4d6e2ef4e, "999999999999999700000"},
      {0x444b1ae4d6e2ef4f, "999999999999999900000"},
      {0x444b1ae4d6e2ef50, "1e+21"},
      {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
      {0x3eb0c6f7a0b5ed8d, "0.000001"},
      {0x41b3de4355555553, "333333333.3333332"},
      {0x41b3de4355555554, "333333333.33333325"},
      {0x41b3de4355555555, "333333333.3333333"},
      {0x41b3de4355555556, "333333333.3333334"},
      {0x41b3de4355555557, "333333333.33333343"},
      {0xbecbf647612f3696, "-0.0000033333333333333333"},
      {0x43143ff3c1cb0959, "1424953923781206.2"},
  };
  for (const NumberCase& c : cases) {
    EXPECT_EQ(CanonicalJson(std::bit_cast<double>(c.bits)), c.text) << c.text;
  }
}

TEST(CanonicalJsonTest, RefusesNanAndInfinity) {
  for (const std::uint64_t bits : {0x7fffffffffffffff, 0x7ff0000000000000}) {
    EXPECT_EQ(ErrorOf([&] {
                CanonicalJson(Json{{"a", {std::bit_cast<double>(bits)}}});
              }).message(),
              "NaN or infinity cannot be written as JSON");
  }
}

TEST(CanonicalJsonTest, RefusesInvalidUtf8) {
  EXPECT_THROW(CanonicalJson("\xFF"), Error);
  EXPECT_THROW(CanonicalJson({{"\xC3", 1}}), Error);
}

TEST(CanonicalJsonTest, RefusesBinaryValues) {
  EXPECT_THROW(CanonicalJson(Json::binary({1, 2})), Error);
}

TEST(CanonicalJsonTest, EqualNumbersGiveEqualBytes) {
  EXPECT_EQ(CanonicalJson(ParseJson("[1,1.0,1e0,10e-1,-0,-0.0]")), "[1,1,1,1,0,0]");
  EXPECT_EQ(CanonicalJson(std::int64_t{1} << 53), CanonicalJson(0x1p53));
  EXPECT_EQ(CanonicalJson(-(std::int64_t{1} << 53)), CanonicalJson(-0x1p53));
}

TEST(CanonicalJsonTest, LargeIntegersKeepTheirDigits) {
  EXPECT_EQ(CanonicalJson(9007199254740993), "9007199254740993");
  EXPECT_EQ(CanonicalJson(43071843801930432), "43071843801930432");
  EXPECT_EQ(CanonicalJson(INT64_MAX), "9223372036854775807");
  EXPECT_EQ(CanonicalJson(-INT64_MAX), "-9223372036854775807");
  EXPECT_EQ(CanonicalJson(UINT64_MAX), "18446744073709551615");
}

TEST(CanonicalJsonTest, NumbersReadBackAsThemselves) {
  Random random(1);
  for (int i = 0; i < 100'000; ++i) {
    const auto number = std::bit_cast<double>(random.Next64());
    if (!std::isfinite(number)) continue;
    const std::string text = CanonicalJson(number);
    ASSERT_EQ(ParseJson(text).get<double>(), number) << text;
    ASSERT_EQ(CanonicalJson(ParseJson(text)), text);
  }
}

TEST(CanonicalJsonTest, EscapesOnlyWhatItMust) {
  std::string raw, expected = "\"";
  for (char c = 0; c < 0x20; ++c) raw += c;
  for (int c = 0; c < 0x20; ++c) {
    const std::string_view special = "\b\t\n\f\r";
    const std::size_t found = special.find(static_cast<char>(c));
    char text[8];
    std::snprintf(text, sizeof text, "\\u%04x", static_cast<unsigned>(c));
    expected += found == special.npos ? std::string(text) : std::string("\\") + "btnfr"[found];
  }
  EXPECT_EQ(CanonicalJson(raw + "/<>&'\x7F\xE2\x80\xA8"), expected + "/<>&'\x7F\xE2\x80\xA8\"");
}

TEST(JsonDigestTest, HashesTheCanonicalForm) {
  EXPECT_EQ(JsonDigest(ParseJson("{\"b\":1.0,\"a\":[]}")), Sha256Hex("{\"a\":[],\"b\":1}"));
  EXPECT_EQ(JsonDigest(ParseJson("{ \"a\" : [ ] , \"b\" : 1 }")),
            JsonDigest(ParseJson("{\"b\":1,\"a\":[]}")));
}

}  // namespace
}  // namespace kedge
