#include "harness/core/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "tests/core/expect_error.h"

namespace kedge {
namespace {

using testing::ErrorOf;
using testing::Repeat;

TEST(ParseJsonTest, ReadsEveryKindOfValue) {
  const Json value = ParseJson(R"( {"o": {}, "a": [ ], "s": "x", "t": true, "f": false, "n": null,
      "i": -12, "d": 1.5, "nested": [[1, {"x": [2]}], 3]} )");
  Json expected = {{"o", Json::object()}, {"a", Json::array()}, {"s", "x"}, {"t", true},
                   {"f", false},          {"n", nullptr},       {"i", -12}, {"d", 1.5}};
  expected["nested"] = {{1, {{"x", {2}}}}, 3};
  EXPECT_EQ(value, expected);
}

TEST(ParseJsonTest, NumbersKeepTheirKind) {
  EXPECT_TRUE(ParseJson("7").is_number_integer());
  EXPECT_TRUE(ParseJson("7.0").is_number_float());
  EXPECT_TRUE(ParseJson("7e0").is_number_float());
  EXPECT_EQ(ParseJson("9223372036854775807").get<std::int64_t>(), INT64_MAX);
  EXPECT_EQ(ParseJson("-9223372036854775808").get<std::int64_t>(), INT64_MIN);
  EXPECT_EQ(ParseJson("18446744073709551615").get<std::uint64_t>(), UINT64_MAX);
  EXPECT_EQ(ParseJson("-0").get<std::int64_t>(), 0);
}

TEST(ParseJsonTest, LongIntegersAreReadOnlyIfTheyLoseNoDigit) {
  EXPECT_EQ(ParseJson("100000000000000000000").get<double>(), 1e20);
  EXPECT_EQ(ParseJson("-295147905179352830000").get<double>(), -0x1p68);
  EXPECT_THROW(ParseJson("100000000000000000001"), Error);
  EXPECT_THROW(ParseJson("295147905179352825856"), Error);
  EXPECT_THROW(ParseJson("1000000000000000000000"), Error);  // printed as 1e+21
}

TEST(ParseJsonTest, DoublesAreTheNearest) {
  EXPECT_EQ(ParseJson("0.1").get<double>(), 0.1);
  EXPECT_EQ(ParseJson("1.7976931348623157e308").get<double>(), std::numeric_limits<double>::max());
  EXPECT_EQ(ParseJson("5e-324").get<double>(), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(ParseJson("2.2250738585072014E-308").get<double>(), std::numeric_limits<double>::min());
  // Halfway between two doubles, and a digit beyond (Clinger's and Paxson's kind of hard case).
  EXPECT_EQ(ParseJson("9007199254740993.0").get<double>(), 9007199254740992.0);
  EXPECT_EQ(ParseJson("9007199254740993.00000000000000000001").get<double>(), 9007199254740994.0);
  EXPECT_EQ(ParseJson("0e-999").get<double>(), 0.0);
  EXPECT_TRUE(std::signbit(ParseJson("-0.0").get<double>()));
}

struct StringCase {
  const char* json;
  std::string text;
};

TEST(ParseJsonTest, StringsAreUnescaped) {
  const StringCase cases[] = {
      {R"("")", ""},
      {R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
      {R"("\u0041\u00e9\u20AC\uFFFF")", "A\xC3\xA9\xE2\x82\xAC\xEF\xBF\xBF"},
      {R"("\ud83d\ude00\uD800\uDC00\uDBFF\uDFFF")",
       "\xF0\x9F\x98\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"},
      {R"("\u0000x")", std::string("\0x", 2)},
      {"\"\xC3\xA9 \x7F\"", "\xC3\xA9 \x7F"},
  };
  for (const StringCase& c : cases)
    EXPECT_EQ(ParseJson(c.json).get<std::string>(), c.text) << c.json;
}

struct BrokenCase {
  std::string text;
  int line;
  const char* message;
};

const BrokenCase kBroken[] = {
    {"", 1, "ends too early; expected a JSON value"},
    {" \n\n ", 3, "ends too early; expected a JSON value"},
    {"[1,\n2", 2, "ends too early; expected ',' or ']' in an array"},
    {"[1,", 1, "ends too early; expected a JSON value"},
    {"[1,]", 1, "expected a JSON value, got ']'"},
    {"[,1]", 1, "expected a JSON value, got ','"},
    {"[1 2]", 1, "expected ',' or ']' in an array, got '2'"},
    {"[1}", 1, "expected ',' or ']' in an array, got '}'"},
    {"{", 1, "ends too early; expected a key in double quotes"},
    {"{\"a\":1,\n}", 2, "expected a key in double quotes, got '}'"},
    {"{\"a\"\n 1}", 2, "expected ':' after a key, got '1'"},
    {"{\"a\":1 \"b\":2}", 1, "expected ',' or '}' in an object, got '\"'"},
    {"{a:1}", 1, "expected a key in double quotes, got 'a'"},
    {"{'a':1}", 1, "expected a key in double quotes, got '''"},
    {"{1:1}", 1, "expected a key in double quotes, got '1'"},
    {"{\"a\":1,\n\n\"b\":2,\"a\":3}", 3, "key \"a\" is written twice"},
    {"[{\"\\u0061\":1,\"a\":1}]", 1, "key \"a\" is written twice"},
    {"{\"\":1,\"\":1}", 1, "key \"\" is written twice"},
    {"1 2", 1, "text after the end of the JSON value"},
    {"{}\n{}", 2, "text after the end of the JSON value"},
    {"[]]", 1, "text after the end of the JSON value"},
    {std::string("1\0", 2), 1, "text after the end of the JSON value"},
    {"\xEF\xBB\xBF{}", 1, "starts with a byte order mark; remove it"},
    {"nul", 1, "expected a JSON value, got 'n'"},
    {"nulll", 1, "text after the end of the JSON value"},
    {"True", 1, "expected a JSON value, got 'T'"},
    {"NaN", 1, "expected a JSON value, got 'N'"},
    {"Infinity", 1, "expected a JSON value, got 'I'"},
    {"[-Infinity]", 1, "a number that JSON does not allow"},
    {"undefined", 1, "expected a JSON value, got 'u'"},
    {"// comment\n1", 1, "expected a JSON value, got '/'"},
    {"[1 /* one */]", 1, "expected ',' or ']' in an array, got '/'"},
    {"01", 1, "a number that JSON does not allow"},
    {"-01", 1, "a number that JSON does not allow"},
    {"-", 1, "a number that JSON does not allow"},
    {"+1", 1, "expected a JSON value, got '+'"},
    {".5", 1, "expected a JSON value, got '.'"},
    {"5.", 1, "a number that JSON does not allow"},
    {"1.e5", 1, "a number that JSON does not allow"},
    {"1e", 1, "a number that JSON does not allow"},
    {"1e+", 1, "a number that JSON does not allow"},
    {"0x10", 1, "text after the end of the JSON value"},
    {"1_000", 1, "text after the end of the JSON value"},
    {"[1e400]", 1, "a number out of range; write it as a string"},
    {"[-1e400]", 1, "a number out of range; write it as a string"},
    {"[1e-400]", 1, "a number out of range; write it as a string"},
    {"[1e99999999999999999999]", 1, "a number out of range; write it as a string"},
    {"18446744073709551616", 1, "a number out of range; write it as a string"},
    {"-9223372036854775809", 1, "a number out of range; write it as a string"},
    {"\"abc", 1, "a string that never ends"},
    {"[1,\n\"abc\\", 2, "an unknown escape in a string"},
    {"\"\\", 1, "an unknown escape in a string"},
    {"\"\\x41\"", 1, "an unknown escape in a string"},
    {"\"\\'\"", 1, "an unknown escape in a string"},
    {std::string("\"\\\0\"", 4), 1, "an unknown escape in a string"},
    {"\"\\u12\"", 1, "\\u needs four hexadecimal digits"},
    {"\"\\u12G4\"", 1, "\\u needs four hexadecimal digits"},
    {"\"\\ud83d\"", 1, "half of a surrogate pair in a string"},
    {"\"\\ud83dx\"", 1, "half of a surrogate pair in a string"},
    {"\"\\ude00\"", 1, "half of a surrogate pair in a string"},
    {"\"\\ud83d\\ud83d\"", 1, "half of a surrogate pair in a string"},
    {"\"\\ud83d\\u0041\"", 1, "half of a surrogate pair in a string"},
    {"\"a\nb\"", 1, "a control character inside a string; write it as \\u00XX"},
    {"\"a\tb\"", 1, "a control character inside a string; write it as \\u00XX"},
    {std::string("\"\0\"", 3), 1, "a control character inside a string; write it as \\u00XX"},
    {"[\n\"\xFF\"]", 2, "invalid UTF-8 at byte 3"},
    {"\"\xC0\xAF\"", 1, "invalid UTF-8 at byte 1"},
    {"\"\xED\xA0\x80\"", 1, "invalid UTF-8 at byte 1"},
    {"\"abc\xE2\x82\"", 1, "invalid UTF-8 at byte 4"},
    {"[\xC3\xA9]", 1, "expected a JSON value, got '\xC3\xA9'"},
    {"[\xFF]", 1, "expected a JSON value, got '\xEF\xBF\xBD'"},
    {"[1\x1B]", 1, "expected ',' or ']' in an array, got '\\u{1B}'"},
    {"{\"a\":1\v}", 1, "expected ',' or '}' in an object, got '\\u{B}'"},
    {"[1\xC2\xA0]", 1, "expected ',' or ']' in an array, got '\xC2\xA0'"},
};

TEST(ParseJsonTest, BrokenTextIsRefusedWithLineAndReason) {
  for (const BrokenCase& c : kBroken) {
    const Error error = ErrorOf([&] { ParseJson(c.text, "in.json"); });
    EXPECT_EQ(error.message(), c.message) << c.text;
    EXPECT_EQ(error.line(), c.line) << c.text;
    EXPECT_EQ(error.file(), "in.json");
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
  }
}

TEST(ParseJsonTest, WithoutASourceTheMessageNamesTheLine) {
  EXPECT_STREQ(ErrorOf([] { ParseJson("[\n?"); }).what(), "line 2: expected a JSON value, got '?'");
}

TEST(ParseJsonTest, ALongDuplicateKeyIsCutInTheMessage) {
  const std::string key(5000, 'k');
  const Error error = ErrorOf([&] { ParseJson("{\"" + key + "\":1,\"" + key + "\":2}"); });
  EXPECT_LT(error.message().size(), 100U);
}

std::string Nested(int depth) { return Repeat("[", depth) + Repeat("]", depth); }

TEST(ParseJsonTest, DepthIsLimited) {
  EXPECT_NO_THROW(ParseJson(Nested(64)));
  EXPECT_EQ(ErrorOf([] { ParseJson(Nested(65)); }).message(), "nested deeper than 64 levels");
  EXPECT_EQ(ErrorOf([] { ParseJson(Repeat("[", 10'000)); }).message(),
            "nested deeper than 64 levels");
  EXPECT_EQ(ErrorOf([] { ParseJson(Repeat("{\"a\":", 10'000)); }).message(),
            "nested deeper than 64 levels");
  EXPECT_NO_THROW(ParseJson("[[1],[[2]],3]", {}, {.max_depth = 3}));
  EXPECT_THROW(ParseJson("[[1],[[[2]]],3]", {}, {.max_depth = 3}), Error);
  EXPECT_NO_THROW(ParseJson("1", {}, {.max_depth = 0}));
}

TEST(ParseJsonTest, NoLimitLetsTheStackOverflow) {
  const JsonLimits deep{.max_depth = 1'000'000};
  EXPECT_NO_THROW(ParseJson(Nested(1000), {}, deep));
  EXPECT_EQ(ErrorOf([&] { ParseJson(Nested(10'000), {}, deep); }).message(),
            "nested deeper than 1000 levels");
}

TEST(ParseJsonTest, SizeIsLimited) {
  EXPECT_NO_THROW(ParseJson("[1]", {}, {.max_bytes = 3}));
  EXPECT_STREQ(ErrorOf([] { ParseJson("[1] ", "x", {.max_bytes = 3}); }).what(),
               "x: more than 3 bytes of JSON");
}

TEST(DumpJsonTest, IsOneLineWithSortedKeys) {
  EXPECT_EQ(DumpJson(ParseJson("{\"b\": [1, 2.5, \"x\\ny\"],\n \"a\": null}")),
            "{\"a\":null,\"b\":[1,2.5,\"x\\ny\"]}");
  EXPECT_EQ(DumpJson(1.0), "1.0");
}

TEST(DumpJsonTest, NeverThrowsOnContent) {
  EXPECT_EQ(DumpJson("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(DumpJson({{"\xFF", 1}}), "{\"\xEF\xBF\xBD\":1}");
  EXPECT_EQ(DumpJson(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(DumpJson(std::string("\0", 1)), "\"\\u0000\"");
}

}  // namespace
}  // namespace kedge
