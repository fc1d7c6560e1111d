#include "harness/text/json_pointer.h"

#include <gtest/gtest.h>

namespace kedge::text {
namespace {

// The example of RFC 6901, section 5 and 6.
const char* const kExample =
    R"({"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8})";

TEST(JsonPointer, ResolvesTheExamplesOfTheStandard) {
  const Json document = Json::parse(kExample);
  const std::pair<const char*, const char*> cases[] = {{"/foo", R"(["bar","baz"])"},
                                                       {"/foo/0", R"("bar")"},
                                                       {"/", "0"},
                                                       {"/a~1b", "1"},
                                                       {"/c%d", "2"},
                                                       {"/e^f", "3"},
                                                       {"/g|h", "4"},
                                                       {"/i\\j", "5"},
                                                       {"/k\"l", "6"},
                                                       {"/ ", "7"},
                                                       {"/m~0n", "8"}};
  for (const auto& [pointer, expected] : cases) {
    const Json* found = ResolvePointer(document, pointer);
    ASSERT_NE(found, nullptr) << pointer;
    EXPECT_EQ(*found, Json::parse(expected)) << pointer;
  }
  EXPECT_EQ(ResolvePointer(document, ""), &document);
}

TEST(JsonPointer, WhatIsNotThereIsNull) {
  const Json document = Json::parse(kExample);
  for (const char* pointer :
       {"/bar", "/foo/2", "/foo/00", "/foo/-", "/foo/+1", "/foo/1x", "/foo/", "/foo/0/x", "foo",
        "/m~n", "/m~", "/m~2n", "/foo/99999999999999999999999"}) {
    EXPECT_EQ(ResolvePointer(document, pointer), nullptr) << pointer;
  }
}

TEST(JsonPointer, AppendEscapes) {
  EXPECT_EQ(AppendPointer("/a", "b/c~d"), "/a/b~1c~0d");
  EXPECT_EQ(AppendPointer("", ""), "/");
}

TEST(JsonPointer, FragmentsAreDecoded) {
  EXPECT_EQ(DecodeFragment("/c%25d"), "/c%d");
  EXPECT_EQ(DecodeFragment("/e%5Ef"), "/e^f");
  EXPECT_EQ(DecodeFragment("/x%2"), std::nullopt);
  EXPECT_EQ(DecodeFragment("/x%zz"), std::nullopt);
}

}  // namespace
}  // namespace kedge::text
