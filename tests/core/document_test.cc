#include "harness/core/document.h"

#include <gtest/gtest.h>

#include <string>

#include "harness/core/file.h"
#include "tests/core/expect_error.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using testing::ErrorOf;
using testing::Repeat;
using testing::TempFolder;

TEST(DocumentTest, LoadsYamlAndJsonByTheirNames) {
  const TempFolder folder;
  testing::WriteFile(folder.File("a.yaml"), "x: no\n");
  testing::WriteFile(folder.File("a.json"), "{\"x\": \"no\"}");
  testing::WriteFile(folder.File("b.json"), "x: no\n");
  EXPECT_EQ(Document::Load(folder.File("a.yaml")).root()["x"].String(), "no");
  EXPECT_EQ(Document::Load(folder.File("a.json")).root()["x"].String(), "no");
  const Error error = ErrorOf([&] { Document::Load(folder.File("b.json")); });
  EXPECT_EQ(error.file(), folder.File("b.json"));
  EXPECT_EQ(error.line(), 1);
}

TEST(DocumentTest, AMissingFileIsNamed) {
  const TempFolder folder;
  const Error error = ErrorOf([&] { Document::Load(folder.File("none.yaml")); });
  EXPECT_EQ(error.kind(), ErrorKind::kMissingInput);
  EXPECT_EQ(std::string(error.what()),
            folder.File("none.yaml") + ": cannot open: No such file or directory");
}

TEST(DocumentTest, AHugeFileIsRefused) {
  const TempFolder folder;
  testing::WriteFile(folder.File("big.yaml"), std::string((16 << 20) + 1, ' '));
  EXPECT_EQ(ErrorOf([&] { Document::Load(folder.File("big.yaml")); }).kind(), ErrorKind::kBadData);
}

constexpr const char* kYaml =
    "name: retail\n"     // 1
    "strata:\n"          // 2
    "  - name: a\n"      // 3
    "    weight: 0.5\n"  // 4
    "  -\n"              // 5
    "    name: b\n"      // 6
    "    odd key:\n"     // 7
    "      - 1\n"        // 8
    "      - [2,\n"      // 9
    "         3]\n"      // 10
    "text: |\n"          // 11
    "  one\n"            // 12
    "after: 1\n";        // 13

TEST(DocumentTest, EveryYamlValueKnowsItsLine) {
  const Node root = Document::FromYaml(kYaml, "f.yaml").root();
  EXPECT_EQ(root.line(), 1);
  EXPECT_EQ(root["name"].line(), 1);
  EXPECT_EQ(root["strata"].line(), 2);
  const auto strata = root["strata"].Items();
  EXPECT_EQ(strata[0].line(), 3);
  EXPECT_EQ(strata[0]["name"].line(), 3);
  EXPECT_EQ(strata[0]["weight"].line(), 4);
  EXPECT_EQ(strata[1]["name"].line(), 6);
  EXPECT_EQ(strata[1]["odd key"].line(), 7);
  const auto odd = strata[1]["odd key"].Items();
  EXPECT_EQ(odd[0].line(), 8);
  EXPECT_EQ(odd[1].line(), 9);
  EXPECT_EQ(odd[1].Items()[1].line(), 10);
  EXPECT_EQ(root["text"].line(), 11);
  EXPECT_EQ(root["after"].line(), 13);
}

TEST(DocumentTest, EveryJsonValueKnowsItsLine) {
  const Node root =
      Document::FromJson("\n{\"a\":\n [1,\n  {\"b\": 2}, 3,\n\n [4]],\n \"c\":\n\n 5}", "f").root();
  EXPECT_EQ(root.line(), 2);
  EXPECT_EQ(root["a"].line(), 2);
  const auto items = root["a"].Items();
  EXPECT_EQ(items[0].line(), 3);
  EXPECT_EQ(items[1].line(), 4);
  EXPECT_EQ(items[1]["b"].line(), 4);
  EXPECT_EQ(items[2].line(), 4);
  EXPECT_EQ(items[3].line(), 6);
  EXPECT_EQ(items[3].Items()[0].line(), 6);
  EXPECT_EQ(root["c"].line(), 7);
}

TEST(DocumentTest, LinesSurviveTheGrowthOfLargeLists) {
  std::string yaml, json = "[\n";
  for (int i = 0; i < 5000; ++i) {
    yaml += "- {k: [" + std::to_string(i) + "]}\n";
    json += (i > 0 ? ",\n" : "") + ("{\"k\": [" + std::to_string(i) + "]}");
  }
  const auto from_yaml = Document::FromYaml(yaml, "f").root().Items();
  const auto from_json = Document::FromJson(json + "]", "f").root().Items();
  for (int i = 0; i < 5000; ++i) {
    ASSERT_EQ(from_yaml[i].line(), i + 1);
    ASSERT_EQ(from_yaml[i]["k"].Items()[0].line(), i + 1);
    ASSERT_EQ(from_json[i].line(), i + 2);
    ASSERT_EQ(from_json[i]["k"].Items()[0].line(), i + 2);
  }
}

TEST(DocumentTest, AValueWithoutLinesReportsTheGivenOne) {
  const Node root = Document::FromValue({{"a", {1, "x"}}}, "runs.jsonl", 17).root();
  const Error error = ErrorOf([&] { root["a"].Items()[1].Int(); });
  EXPECT_STREQ(error.what(), "runs.jsonl:17: a[1]: expected a whole number, got text \"x\"");
  EXPECT_EQ(Document::FromValue(1, "v").root().line(), 0);
}

TEST(DocumentTest, NodesOutliveTheDocument) {
  std::optional<Node> node;
  {
    const Document document = Document::FromYaml("a: {b: kept}\n", "f.yaml");
    node = document.root()["a"]["b"];
  }
  EXPECT_EQ(node->String(), "kept");
  EXPECT_EQ(node->line(), 1);
  EXPECT_EQ(node->source_name(), "f.yaml");
}

TEST(DocumentTest, JsonIsHeldToTheSameLimits) {
  EXPECT_NO_THROW(Document::FromJson(Repeat("[", 64) + Repeat("]", 64), "f"));
  EXPECT_THROW(Document::FromJson(Repeat("[", 65) + Repeat("]", 65), "f"), Error);
  EXPECT_EQ(
      ErrorOf([] { Document::FromJson("[" + Repeat("1,", 1'000'000) + "1]", "f"); }).message(),
      "too many values for a document");
}

}  // namespace
}  // namespace kedge
