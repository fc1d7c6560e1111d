#include "harness/core/error.h"

#include <gtest/gtest.h>

#include "harness/core/result.h"

namespace kedge {
namespace {

struct TextCase {
  const char* context;
  const char* file;
  int line;
  const char* field;
  const char* text;
};

TEST(ErrorTest, TextReadsFromTheOutsideInAndOmitsAbsentParts) {
  const TextCase cases[] = {
      {"", "", 0, "", "bad"},
      {"reading", "", 0, "", "reading: bad"},
      {"", "f.yaml", 0, "", "f.yaml: bad"},
      {"", "f.yaml", 12, "", "f.yaml:12: bad"},
      {"", "f.yaml", 0, "a[0].b", "f.yaml: a[0].b: bad"},
      {"", "f.yaml", 12, "a[0].b", "f.yaml:12: a[0].b: bad"},
      {"reading", "f.yaml", 12, "a[0].b", "reading: f.yaml:12: a[0].b: bad"},
      {"", "", 12, "", "line 12: bad"},
      {"", "", 0, "a", "a: bad"},
  };
  for (const TextCase& c : cases) {
    Error error = BadData("bad");
    error.At(c.file, c.line, c.field);
    if (*c.context != '\0') error.AddContext(c.context);
    EXPECT_STREQ(error.what(), c.text);
  }
}

TEST(ErrorTest, ContextsAreWrittenOutermostFirst) {
  Error error = BadData("expected a number above 0");
  error.At("suite.yaml", 12, "strata[0].weight")
      .AddContext("reading suite retail")
      .AddContext("gate");
  EXPECT_STREQ(error.what(),
               "gate: reading suite retail: suite.yaml:12: strata[0].weight: expected a number "
               "above 0");
  EXPECT_EQ(error.message(), "expected a number above 0");
  EXPECT_EQ(error.file(), "suite.yaml");
  EXPECT_EQ(error.line(), 12);
  EXPECT_EQ(error.field(), "strata[0].weight");
}

TEST(ErrorTest, KindsAreTheExitCodesOfSysexits) {
  EXPECT_EQ(UsageError("").exit_code(), 64);
  EXPECT_EQ(BadData("").exit_code(), 65);
  EXPECT_EQ(Error(ErrorKind::kMissingInput, "").exit_code(), 66);
  EXPECT_EQ(Error(ErrorKind::kUnavailable, "").exit_code(), 69);
  EXPECT_EQ(InternalError("").exit_code(), 70);
  EXPECT_EQ(IoError("").exit_code(), 74);
  EXPECT_EQ(Error(ErrorKind::kTemporary, "").exit_code(), 75);
  EXPECT_EQ(Error(ErrorKind::kNotPermitted, "").exit_code(), 77);
}

TEST(ErrorTest, ACopyStandsOnItsOwn) {
  Error original = BadData("bad");
  const Error copy = original;
  original.AddContext("later");
  EXPECT_STREQ(copy.what(), "bad");
  EXPECT_STREQ(original.what(), "later: bad");
}

Result<int> Half(int number) {
  if (number % 2 != 0) return Fail(BadData("odd"));
  return number / 2;
}

TEST(ResultTest, HoldsAValueOrAnError) {
  EXPECT_EQ(Half(8).value(), 4);
  EXPECT_FALSE(Half(7).has_value());
  EXPECT_EQ(Half(8).ValueOrThrow(), 4);
  EXPECT_THROW(Half(7).ValueOrThrow(), Error);
  const Result<int> mapped = Half(8).map([](int x) { return x + 1; });
  EXPECT_EQ(mapped.value(), 5);
}

}  // namespace
}  // namespace kedge
