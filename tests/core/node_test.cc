#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>

#include "harness/core/document.h"
#include "tests/core/expect_error.h"

namespace kedge {
namespace {

using testing::ErrorOf;

constexpr const char* kYaml =
    "name: retail\n"                // 1
    "empty: \"\"\n"                 // 2
    "none:\n"                       // 3
    "count: 12\n"                   // 4
    "ratio: 0.25\n"                 // 5
    "whole: 3.0\n"                  // 6
    "on: true\n"                    // 7
    "word: yes\n"                   // 8
    "huge: 18446744073709551615\n"  // 9
    "list: [a, b]\n"                // 10
    "mixed:\n"                      // 11
    "  - a\n"                       // 12
    "  - 1\n"                       // 13
    "strata:\n"                     // 14
    "  - name: x\n"                 // 15
    "    wieght: -1\n"              // 16
    "odd:\n"                        // 17
    "  \"a.b \\x1b\": text\n";      // 18

class NodeTest : public ::testing::Test {
 protected:
  const Node root_ = Document::FromYaml(kYaml, "f.yaml").root();
};

TEST_F(NodeTest, GettersGiveTheValues) {
  EXPECT_EQ(root_["name"].String(), "retail");
  EXPECT_EQ(root_["name"].NonEmptyString(), "retail");
  EXPECT_EQ(root_["empty"].String(), "");
  EXPECT_EQ(root_["count"].Int(), 12);
  EXPECT_EQ(root_["count"].Int(12, 12), 12);
  EXPECT_EQ(root_["whole"].Int(), 3);
  EXPECT_EQ(root_["count"].Number(), 12);
  EXPECT_EQ(root_["ratio"].Number(0.25, 0.25), 0.25);
  EXPECT_EQ(root_["huge"].Number(), 0x1p64);
  EXPECT_TRUE(root_["on"].Bool());
  EXPECT_EQ(root_["list"].Strings(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(root_["name"].OneOf({"shop", "retail"}), "retail");
  EXPECT_TRUE(root_["none"].is_null());
  EXPECT_TRUE(root_["list"].is_array());
  EXPECT_TRUE(root_.is_object());
  EXPECT_TRUE(root_["name"].is_string());
}

TEST_F(NodeTest, OptionalGettersFallBackOnlyWhenTheFieldIsAbsent) {
  EXPECT_EQ(root_.StringOr("absent", "x"), "x");
  EXPECT_EQ(root_.StringOr("name", "x"), "retail");
  EXPECT_EQ(root_.IntOr("absent", 5), 5);
  EXPECT_EQ(root_.IntOr("count", 5), 12);
  EXPECT_EQ(root_.NumberOr("absent", 0.5), 0.5);
  EXPECT_EQ(root_.NumberOr("ratio", 0.5), 0.25);
  EXPECT_TRUE(root_.BoolOr("absent", true));
  EXPECT_TRUE(root_.BoolOr("on", false));
  EXPECT_TRUE(root_.StringsOr("absent").empty());
  EXPECT_EQ(root_.StringsOr("list").size(), 2U);
  EXPECT_FALSE(root_.Find("absent"));
  EXPECT_TRUE(root_.Find("none"));
  EXPECT_TRUE(root_.Has("none"));
  EXPECT_FALSE(root_.Has("absent"));
}

TEST_F(NodeTest, MembersAreSortedAndKnowTheirPaths) {
  const auto members = root_["strata"].Items()[0].Members();
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].first, "name");
  EXPECT_EQ(members[0].second.path(), "strata[0].name");
  EXPECT_EQ(members[1].first, "wieght");
  EXPECT_EQ(root_["odd"].Members()[0].second.path(), "odd[\"a.b \\u{1B}\"]");
  EXPECT_EQ(root_.path(), "");
}

struct ComplaintCase {
  std::function<void(const Node&)> action;
  const char* text;
};

TEST_F(NodeTest, ComplaintsNameFileLineFieldAndWhatIsThere) {
  const ComplaintCase cases[] = {
      {[](const Node& n) { n["nmae"]; }, "f.yaml:1: nmae: required field is missing"},
      {[](const Node& n) { n["strata"].Items()[0]["weight"]; },
       "f.yaml:15: strata[0].weight: required field is missing"},
      {[](const Node& n) { n["count"].String(); }, "f.yaml:4: count: expected text, got 12"},
      {[](const Node& n) { n["none"].String(); },
       "f.yaml:3: none: expected text, got nothing (null)"},
      {[](const Node& n) { n["list"].String(); }, "f.yaml:10: list: expected text, got a list"},
      {[](const Node& n) { n.String(); }, "f.yaml:1: expected text, got an object"},
      {[](const Node& n) { n["empty"].NonEmptyString(); }, "f.yaml:2: empty: must not be empty"},
      {[](const Node& n) { n["word"].Bool(); },
       "f.yaml:8: word: expected true or false, got text \"yes\""},
      {[](const Node& n) { n["count"].Bool(); }, "f.yaml:4: count: expected true or false, got 12"},
      {[](const Node& n) { n["ratio"].Int(); },
       "f.yaml:5: ratio: expected a whole number, got 0.25"},
      {[](const Node& n) { n["huge"].Int(); },
       "f.yaml:9: huge: expected a whole number, got 18446744073709551615"},
      {[](const Node& n) { n["on"].Int(); }, "f.yaml:7: on: expected a whole number, got true"},
      {[](const Node& n) { n["count"].Int(13); },
       "f.yaml:4: count: expected a whole number of at least 13, got 12"},
      {[](const Node& n) { n["count"].Int(INT64_MIN, 11); },
       "f.yaml:4: count: expected a whole number of at most 11, got 12"},
      {[](const Node& n) { n["count"].Int(0, 11); },
       "f.yaml:4: count: expected a whole number from 0 to 11, got 12"},
      {[](const Node& n) { n["name"].Number(); },
       "f.yaml:1: name: expected a number, got text \"retail\""},
      {[](const Node& n) { n["ratio"].Number(0.5); },
       "f.yaml:5: ratio: expected a number of at least 0.5, got 0.25"},
      {[](const Node& n) { n["ratio"].Number(0, 0.1); },
       "f.yaml:5: ratio: expected a number from 0 to 0.1, got 0.25"},
      {[](const Node& n) { n["name"].Items(); },
       "f.yaml:1: name: expected a list, got text \"retail\""},
      {[](const Node& n) { n["mixed"].Strings(); }, "f.yaml:13: mixed[1]: expected text, got 1"},
      {[](const Node& n) { n["name"].Members(); },
       "f.yaml:1: name: expected an object, got text \"retail\""},
      {[](const Node& n) { n["list"]["x"]; }, "f.yaml:10: list: expected an object, got a list"},
      {[](const Node& n) { n["none"].Has("x"); },
       "f.yaml:3: none: expected an object, got nothing (null)"},
      {[](const Node& n) {
         n["name"].OneOf({"shop", "retial"});
       },
       "f.yaml:1: name: expected one of shop, retial, got \"retail\"; did you mean \"retial\"?"},
      {[](const Node& n) {
         n["name"].OneOf({"shop", "bank"});
       },
       "f.yaml:1: name: expected one of shop, bank, got \"retail\""},
      {[](const Node& n) { n.StringOr("count", "x"); }, "f.yaml:4: count: expected text, got 12"},
      {[](const Node& n) { n.IntOr("name", 1); },
       "f.yaml:1: name: expected a whole number, got text \"retail\""},
      {[](const Node& n) { n.IntOr("none", 1); },
       "f.yaml:3: none: expected a whole number, got nothing (null)"},
      {[](const Node& n) { n.NumberOr("ratio", 1, 0.5); },
       "f.yaml:5: ratio: expected a number of at least 0.5, got 0.25"},
      {[](const Node& n) { n.BoolOr("word", true); },
       "f.yaml:8: word: expected true or false, got text \"yes\""},
      {[](const Node& n) { n.StringsOr("name"); },
       "f.yaml:1: name: expected a list, got text \"retail\""},
      {[](const Node& n) { n["odd"].Members()[0].second.Int(); },
       "f.yaml:18: odd[\"a.b \\u{1B}\"]: expected a whole number, got text \"text\""},
      {[](const Node& n) { throw n["ratio"].Fail("must be a power of two"); },
       "f.yaml:5: ratio: must be a power of two"},
      {[](const Node& n) { n["name"].AllowKeys({"x"}); },
       "f.yaml:1: name: expected an object, got text \"retail\""},
      {[](const Node& n) {
         n["strata"].Items()[0].AllowKeys({"name", "weight"});
       },
       "f.yaml:16: strata[0].wieght: unknown field; did you mean \"weight\"?"},
      {[](const Node& n) {
         n["strata"].Items()[0].AllowKeys({"name", "margin"});
       },
       "f.yaml:16: strata[0].wieght: unknown field; known are name, margin"},
  };
  for (const ComplaintCase& c : cases) {
    const Error error = ErrorOf([&] { c.action(root_); });
    EXPECT_STREQ(error.what(), c.text);
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
  }
}

TEST_F(NodeTest, AllowKeysAcceptsAndChains) {
  EXPECT_EQ(root_["strata"].Items()[0].AllowKeys({"name", "wieght", "other"})["name"].String(),
            "x");
}

TEST_F(NodeTest, AllowKeysReportsTheFirstOfTheFile) {
  const Node node = Document::FromYaml("ok: 1\nzzz: 1\naaa: 1\n", "g.yaml").root();
  EXPECT_STREQ(ErrorOf([&] { node.AllowKeys({"ok"}); }).what(),
               "g.yaml:2: zzz: unknown field; known are ok");
}

TEST_F(NodeTest, HostileTextIsShownEscapedAndCut) {
  const Json value = {{"a", "\x1B[2J" + std::string(100'000, 'x')}};
  const Node node = Document::FromValue(value, "f").root();
  const Error error = ErrorOf([&] { node["a"].Int(); });
  EXPECT_LT(error.message().size(), 150U);
  EXPECT_EQ(error.message().find('\x1B'), std::string::npos);
}

TEST_F(NodeTest, NumbersThatAreNotFiniteNeverPass) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double number : {nan, infinity, -infinity}) {
    const Node node = Document::FromValue(number, "f").root();
    EXPECT_THROW(node.Number(), Error);
    EXPECT_THROW(node.Int(), Error);
  }
}

TEST_F(NodeTest, WholeDoublesAreIntegersOnlyWhereTheyAreExact) {
  EXPECT_EQ(Document::FromValue(9007199254740992.0, "f").root().Int(), 9007199254740992);
  EXPECT_THROW(Document::FromValue(9007199254740994.0, "f").root().Int(), Error);
  EXPECT_THROW(Document::FromValue(1e300, "f").root().Int(), Error);
}

}  // namespace
}  // namespace kedge
