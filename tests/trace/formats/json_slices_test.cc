#include "harness/trace/formats/json_slices.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace kedge::trace {
namespace {

std::vector<std::string> TextsOf(const JsonSlices& slices) {
  std::vector<std::string> texts;
  for (const JsonSlice& slice : slices.items) texts.emplace_back(slice.text);
  return texts;
}

TEST(JsonSlices, ArrayElementsWithTheirLines) {
  const JsonSlices slices =
      SliceArray("\n[1,\n {\"a\": [\"]\", \"\\\"}\"]},\n\"x,]\" , null\n]\n", 10);
  EXPECT_FALSE(slices.error);
  EXPECT_EQ(TextsOf(slices),
            (std::vector<std::string>{"1", "{\"a\": [\"]\", \"\\\"}\"]}", "\"x,]\"", "null"}));
  EXPECT_EQ(slices.items[0].line, 11);
  EXPECT_EQ(slices.items[1].line, 12);
  EXPECT_EQ(slices.items[3].line, 13);
}

TEST(JsonSlices, ObjectMembers) {
  const JsonSlices slices = SliceObject(R"({"a":1,"b":{"a":2},"c":"z"})");
  EXPECT_FALSE(slices.error);
  ASSERT_NE(FindSlice(slices, "b"), nullptr);
  EXPECT_EQ(FindSlice(slices, "b")->text, R"({"a":2})");
  EXPECT_EQ(FindSlice(slices, "missing"), nullptr);
}

TEST(JsonSlices, EmptyContainers) {
  EXPECT_TRUE(SliceArray(" [ ] ").items.empty());
  EXPECT_FALSE(SliceArray(" [ ] ").error);
  EXPECT_FALSE(SliceObject("{}").error);
}

TEST(JsonSlices, ATruncatedDocumentYieldsWhatPrecedesTheCut) {
  const std::string text = "[{\"a\":1},\n{\"b\":[2,3]},\n\"tail\"]";
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    const JsonSlices slices = SliceArray(text.substr(0, cut));
    EXPECT_TRUE(slices.error) << cut;
    EXPECT_LE(slices.items.size(), 3u);
  }
  EXPECT_EQ(SliceArray(text.substr(0, text.size() - 1)).items.size(), 3u);
  EXPECT_EQ(SliceArray(text.substr(0, 15)).items.size(), 1u);
}

TEST(JsonSlices, BrokenTextsNameALine) {
  for (const char* text : {"", "x", "{", "[1 2]", "[1,]", "[1]]", "[,]", "{\"a\"}", "{a:1}",
                           "{\"a\":}", "{\"a\":1,}", "[\"\\", "[\"abc\\\"]"}) {
    const bool object = text[0] == '{';
    const JsonSlices slices = object ? SliceObject(text) : SliceArray(text);
    ASSERT_TRUE(slices.error) << text;
    EXPECT_EQ(slices.error->line(), 1) << text;
  }
}

TEST(JsonSlices, DepthCostsNoStack) {
  const std::string deep = "[" + std::string(2'000'000, '[') + std::string(2'000'000, ']') + "]";
  EXPECT_EQ(SliceArray(deep).items.size(), 1u);
}

}  // namespace
}  // namespace kedge::trace
