#include <gtest/gtest.h>

#include <string>

#include "harness/core/document.h"
#include "tests/core/expect_error.h"

namespace kedge {
namespace {

using testing::ErrorOf;
using testing::Repeat;

Json Yaml(const std::string& text) { return Document::FromYaml(text, "f.yaml").root().json(); }

struct ScalarCase {
  const char* yaml;
  Json value;
};

TEST(YamlTest, PlainScalarsAreTypedAsInJson) {
  const ScalarCase cases[] = {
      {"true", true},
      {"false", false},
      {"null", nullptr},
      {"", nullptr},
      {"12", 12},
      {"-3", -3},
      {"0", 0},
      {"1.5", 1.5},
      {"-2.5e-3", -2.5e-3},
      {"1e5", 1e5},
      {"9223372036854775807", INT64_MAX},
      // All that YAML 1.1 or the core schema would take for something else is text.
      {"yes", "yes"},
      {"no", "no"},
      {"on", "on"},
      {"off", "off"},
      {"Yes", "Yes"},
      {"True", "True"},
      {"FALSE", "FALSE"},
      {"y", "y"},
      {"~", "~"},
      {"Null", "Null"},
      {"NULL", "NULL"},
      {"012", "012"},
      {"0o14", "0o14"},
      {"0x1F", "0x1F"},
      {"0b11", "0b11"},
      {"1_000", "1_000"},
      {"+1", "+1"},
      {".5", ".5"},
      {"5.", "5."},
      {".inf", ".inf"},
      {".nan", ".nan"},
      {"NaN", "NaN"},
      {"1:30", "1:30"},
      {"190:20:30", "190:20:30"},
      {"2026-11-22", "2026-11-22"},
      {"1.2.3", "1.2.3"},
  };
  for (const ScalarCase& c : cases) {
    EXPECT_EQ(Yaml("a: " + std::string(c.yaml) + "\n")["a"], c.value) << c.yaml;
    EXPECT_EQ(Yaml("a: " + std::string(c.yaml) + "  # comment\n")["a"], c.value) << c.yaml;
    if (*c.yaml == '\0') continue;
    EXPECT_EQ(Yaml("[" + std::string(c.yaml) + "]")[0], c.value) << c.yaml;
  }
}

TEST(YamlTest, QuotedScalarsAreAlwaysText) {
  for (const char* text : {"true", "null", "12", "1.5", "~", "", "<<", "no"}) {
    EXPECT_EQ(Yaml("a: \"" + std::string(text) + "\"")["a"], text);
    EXPECT_EQ(Yaml("a: '" + std::string(text) + "'")["a"], text);
  }
  EXPECT_EQ(Yaml("a: |\n  12\n")["a"], "12\n");
  EXPECT_EQ(Yaml("a: >-\n  12\n")["a"], "12");
}

TEST(YamlTest, KeysAreTheTextThatIsWritten) {
  EXPECT_EQ(Yaml("1: a\ntrue: b\nnull: c\n~: d\n1.50: e\n\"\": f\n\"<<\": g\n"),
            (Json{{"1", "a"},
                  {"true", "b"},
                  {"null", "c"},
                  {"~", "d"},
                  {"1.50", "e"},
                  {"", "f"},
                  {"<<", "g"}}));
}

TEST(YamlTest, ReadsBlockAndFlowStyles) {
  const Json expected = ParseJson(
      R"({"name":"retail","strata":[{"name":"a","weight":0.5},{"name":"b","weight":1}],
          "text":"one\ntwo\n","folded":"one two","nested":[[1,2],[]],"none":null,"map":{}})");
  EXPECT_EQ(Yaml("# a suite\n"
                 "---\n"
                 "name: retail\n"
                 "strata:\n"
                 "  - name: a\n"
                 "    weight: 0.5\n"
                 "  - {name: 'b', weight: 1,}\n"
                 "text: |\n"
                 "  one\n"
                 "  two\n"
                 "folded: one\n"
                 "  two\n"
                 "nested:\n"
                 "- - 1\n"
                 "  - 2\n"
                 "- []\n"
                 "none:\n"
                 "map: {}\n"
                 "...\n"),
            expected);
}

TEST(YamlTest, LineEndsAndTheByteOrderMarkDoNotMatter) {
  const Json expected = {{"a", 1}, {"b", {"x", "~"}}};
  EXPECT_EQ(Yaml("a: 1\nb: [x, ~]\n"), expected);
  EXPECT_EQ(Yaml("a: 1\r\nb: [x, ~]\r\n"), expected);
  EXPECT_EQ(Yaml("a: 1\nb: [x, ~]"), expected);
  EXPECT_EQ(Yaml("\xEF\xBB\xBF"
                 "a: 1\nb: [x, ~]\n"),
            expected);
  EXPECT_EQ(Yaml("a: |\n  x"), Yaml("a: |\n  x\n"));
}

TEST(YamlTest, AListMayStandRightBelowItsKey) {
  const Json expected = {{"a", {1, {{"b", {2}}}}}, {"c", {{"d", "x"}}}, {"e", "y"}};
  EXPECT_EQ(Yaml("a:\n- 1\n- b:\n  - 2\nc:\n d:\n  x\ne:\n  'y'\n"), expected);
}

TEST(YamlTest, AnEmptyFileIsNull) {
  for (const char* text : {"", "\n", "# only a comment\n", "---\n", "   "}) {
    EXPECT_TRUE(Yaml(text).is_null()) << text;
  }
}

struct BrokenCase {
  std::string text;
  int line;
  const char* message;
};

const BrokenCase kBroken[] = {
    // What strictness forbids.
    {"a: &x 1\n", 1, "anchors (&name) are not allowed; repeat the value"},
    {"a: 1\nb: &x\n  c: 1\n", 2, "anchors (&name) are not allowed; repeat the value"},
    {"a: &x [1]\n", 1, "anchors (&name) are not allowed; repeat the value"},
    {"a: &x\n", 1, "anchors (&name) are not allowed; repeat the value"},
    {"&x a: 1\n", 1, "anchors (&name) are not allowed; repeat the value"},
    {"a: 1\nb: *x\n", 2, "broken YAML: the referenced anchor is not defined"},
    {"a: !!int 3\n", 1, "tags (tag:yaml.org,2002:int) are not allowed; remove it"},
    {"a: !env HOME\n", 1, "tags (!env) are not allowed; remove it"},
    {"\n!!map {a: 1}\n", 2, "tags (tag:yaml.org,2002:map) are not allowed; remove it"},
    {"- !x [1]\n", 1, "tags (!x) are not allowed; remove it"},
    {"- !!python/object:os.system {}\n", 1,
     "tags (tag:yaml.org,2002:python/object:os.system) are not allowed; remove it"},
    {"a: 1\n<<: {b: 1}\n", 2, "merge keys (<<) are not allowed; write the members out"},
    {"a: 1\n---\nb: 2\n", 2, "a second document; a file holds one"},
    {"---\n---\n", 2, "a second document; a file holds one"},
    {"%YAML 1.1\n---\na: 1\n", 1,
     "a line that starts with %; remove the directive, or indent or quote the text"},
    {"# c\n\n%TAG ! !x\n---\na: 1\n", 3,
     "a line that starts with %; remove the directive, or indent or quote the text"},
    {"a: |\n  x\n%y: 1\n", 3,
     "a line that starts with %; remove the directive, or indent or quote the text"},
    {"a: 1\nb: 2\na: 3\n", 3, "key \"a\" is written twice"},
    {"a:\n  - {b: 1,\n     b: 2}\n", 3, "key \"b\" is written twice"},
    {"a: 1\n\"a\": 2\n", 2, "key \"a\" is written twice"},
    {"1: 1\n'1': 2\n", 2, "key \"1\" is written twice"},
    {"? [a]\n: 1\n", 1, "a key must be text; is a bracket or brace not closed?"},
    {"{{a: 1}: 2}\n", 1, "a key must be text; is a bracket or brace not closed?"},
    {"a: 1\n: 2\n", 2, "a key is missing before ':'"},
    {"a: 1e999\n", 1, "number 1e999 is out of range; quote it to keep it"},
    {"a:\n  - 99999999999999999999\n", 2,
     "number 99999999999999999999 is out of range; quote it to keep it"},
    {"a: 1e-999\n", 1, "number 1e-999 is out of range; quote it to keep it"},
    // What yaml-cpp would let pass.
    {"a: [1,,2]\n", 1, "a value is missing between brackets or braces"},
    {"a: [,]\n", 1, "a value is missing between brackets or braces"},
    {"a: {b c}\n", 1, "a value is missing between brackets or braces"},
    {"a: {b, c: 1}\n", 1, "a value is missing between brackets or braces"},
    {"a: {b: , c: 1}\n", 1, "a value is missing between brackets or braces"},
    {"a: \"never ends\n", 2, "a quoted text that never ends"},
    {"a: 'never ends\n", 2, "a quoted text that never ends"},
    {"a: \"never ends", 2, "a quoted text that never ends"},
    {"\"", 2, "a quoted text that never ends"},
    {"a: 'x\nb: 1\n\n", 4, "a quoted text that never ends"},
    {"- a\nb: 1\n", 2, "text that is not part of the value above; check the indentation"},
    {"'a' 'b'\n", 1, "text that is not part of the value above; check the indentation"},
    {"a: 1\n...\nb: 2\n", 3, "text that is not part of the value above; check the indentation"},
    {"a:\nb 2\n", 2, "expected a key and ':', or more indentation"},
    {"a:\n\"b\"\n", 2, "expected a key and ':', or more indentation"},
    {"a:\n[1, 2]\n", 2, "expected a key and ':', or more indentation"},
    {"- a: 1\n  b:\n  {c: 1}\n", 3, "expected a key and ':', or more indentation"},
    {"a: !\n", 1, "tags (!) are not allowed; remove it"},
    {"a: [! x]\n", 1, "tags (!) are not allowed; remove it"},
    // Plain mistakes.
    {"a: b: c\n", 1, "broken YAML: illegal map value"},
    {"a: 1\n b: 2\n", 2, "broken YAML: illegal map value"},
    {"a: [1, 2\n", 2, "broken YAML: end of sequence flow not found"},
    {"a: {b: 1\n", 2, "broken YAML: end of map flow not found"},
    {"a: [1}\n", 1, "broken YAML: illegal flow end"},
    {"a: ]\n", 1, "broken YAML: illegal flow end"},
    {"a: - b\n", 1, "broken YAML: illegal block entry"},
    {"a:\n\t- 1\n", 2, "broken YAML: illegal block entry"},
    {"a: \"b\" c\n", 1, "broken YAML: end of map not found"},
    {"a: \"\\q\"\n", 1, "broken YAML: unknown escape character: q"},
    {"a: @x\n", 1, "broken YAML: unknown token"},
    {"a: | x\n", 1, "broken YAML: unexpected character in block scalar"},
    // Bytes.
    {"a: 1\nb: \xFF\n", 2, "invalid UTF-8"},
    {"a: \xED\xA0\x80\n", 1, "invalid UTF-8"},
    {"\xFF\xFE"
     "a",
     1, "invalid UTF-8"},
    {std::string("a: 1\0\n", 6), 1,
     "control character \\u{0}; write it as an escape in double quotes"},
    {"a: 1\nb: \x1B[2J\n", 2, "control character \\u{1B}; write it as an escape in double quotes"},
    {"a: \x7F\n", 1, "control character \\u{7F}; write it as an escape in double quotes"},
};

TEST(YamlTest, BrokenFilesAreRefusedWithLineAndReason) {
  for (const BrokenCase& c : kBroken) {
    const Error error = ErrorOf([&] { Yaml(c.text); });
    EXPECT_EQ(error.message(), c.message) << c.text;
    EXPECT_EQ(error.line(), c.line) << c.text;
    EXPECT_EQ(error.file(), "f.yaml");
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
  }
}

TEST(YamlTest, DepthIsLimited) {
  EXPECT_NO_THROW(Yaml("a: " + Repeat("[", 63) + Repeat("]", 63)));
  EXPECT_EQ(ErrorOf([] { Yaml("a: " + Repeat("[", 64) + Repeat("]", 64)); }).message(),
            "nested deeper than 64 levels");
  EXPECT_EQ(ErrorOf([] { Yaml(Repeat("- ", 10'000)); }).message(), "nested deeper than 64 levels");
}

TEST(YamlTest, HostileRepetitionEndsQuicklyInAnErrorOrAValue) {
  for (const char* piece :
       {"[",     "{",      "]",     "- ", "? ",  "a: ", "{a: ",  "[a, ", "\"",   "'",
        "&a ",   "!a ",    "*a ",   "%",  "|\n", ">",   "# \n",  "\n",   "  \n", "a\n",
        "- a\n", "--- \n", "...\n", "\t", ",",   "{a,", "a:\n ", "!<",   "\\",   "[\"a\" ,"}) {
    const std::string text = Repeat(piece, 100'000);
    try {
      Yaml(text);
    } catch (const Error& error) {
      EXPECT_GE(error.line(), 1) << piece;
    }
  }
}

TEST(YamlTest, NodesAndBytesAreLimited) {
  EXPECT_EQ(ErrorOf([] { Yaml("[" + Repeat("1,", 1'000'001) + "]"); }).message(),
            "too many values for a document");
  EXPECT_EQ(ErrorOf([] { Yaml(std::string((16 << 20) + 1, ' ')); }).message(),
            "more than 16777216 bytes of YAML");
}

}  // namespace
}  // namespace kedge
