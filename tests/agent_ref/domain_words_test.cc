#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "harness/core/document.h"
#include "tests/testing/needs.h"

namespace kedge::agent_ref {
namespace {

namespace fs = std::filesystem;

// Names of tools, arguments and quirks of every bundled world. Only compound names: single words
// such as "reason" are English, not a domain.
std::set<std::string> WorldWords() {
  std::set<std::string> words;
  const auto add = [&](const std::string& word) {
    if (word.find('_') != std::string::npos) words.insert(word);
  };
  const std::string root = kedge::testing::SourcePath("tasksuites");
  if (!fs::exists(root)) return words;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const bool tools = entry.path().filename() == "tools.yaml";
    const bool quirks = entry.path().filename() == "quirks.yaml";
    if (!tools && !quirks) continue;
    const Document document = Document::Load(entry.path().string());
    for (const Node& item : document.root()[tools ? "tools" : "quirks"].Items()) {
      add(item[tools ? "name" : "id"].String());
      const auto arguments = item.Find("arguments");
      const auto properties = arguments ? arguments->Find("properties") : std::nullopt;
      if (!properties) continue;
      for (const auto& [name, schema] : properties->Members()) add(name);
    }
  }
  return words;
}

TEST(ReferenceAgent, KnowsNoWordOfAnyWorld) {
  std::set<std::string> words = WorldWords();
  ASSERT_GT(words.size(), 20u) << "no world was found to take words from";
  words.insert({"customer", "refund", "exchange", "invoice", "shipping", "inventory", "mailbox",
                "calendar", "deployment", "incident"});
  int files = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator(kedge::testing::SourcePath("agent_ref"))) {
    const std::string extension = entry.path().extension();
    if (extension != ".cc" && extension != ".h") continue;
    ++files;
    const std::string text = kedge::testing::ReadWholeFile(entry.path().string());
    for (const std::string& word : words) {
      EXPECT_EQ(text.find(word), std::string::npos) << entry.path() << " knows " << word;
    }
  }
  EXPECT_GT(files, 20);
}

}  // namespace
}  // namespace kedge::agent_ref
