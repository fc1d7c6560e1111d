// Playbooks of other tools, written here in their published formats.

#include "harness/strategy/import/playbook_file.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "tests/core/expect_error.h"
#include "tests/testing/needs.h"

namespace kedge::strategy {
namespace {

using kedge::testing::ErrorOf;
using kedge::testing::TempFolder;
using kedge::testing::WriteFile;

TEST(AcePlaybook, ReadsSectionsBulletsAndCounts) {
  const ForeignPlaybook playbook = ReadAcePlaybook(
      "# Playbook\n\n## STRATEGIES & INSIGHTS\n"
      "[sai-00001] helpful=3 harmful=0 :: Always call show_badge before open_door.\n"
      "- [sai-00002] helpful=0  harmful=12 :: Be brief,\n"
      "    and kind.\n\r\n## Old\r\n- [old 3] Knock (twice) (helpful=1, harmful=2, neutral=0)\r\n",
      "p.txt");
  ASSERT_EQ(playbook.items.size(), 3U);
  EXPECT_EQ(playbook.format, "ace");
  EXPECT_EQ(playbook.items[0].id, "sai-00001");
  EXPECT_EQ(playbook.items[0].text, "Always call show_badge before open_door.");
  EXPECT_EQ(playbook.items[0].notes,
            ParseJson(R"({"helpful": 3, "harmful": 0, "section": "STRATEGIES & INSIGHTS"})"));
  EXPECT_EQ(playbook.items[0].line, 4);
  EXPECT_EQ(playbook.items[1].text, "Be brief, and kind.");
  EXPECT_EQ(playbook.items[2].id, "old-3");
  EXPECT_EQ(playbook.items[2].text, "Knock (twice)");
  EXPECT_EQ(playbook.items[2].notes["harmful"], 2);
}

TEST(AcePlaybook, ReadsSkillBooksInJson) {
  const ForeignPlaybook playbook = ReadPlaybookJson(
      R"({"bullets": {"s-1": {"id": "s-1", "section": "General", "content": "Knock.",
          "helpful": 2, "harmful": 1, "neutral": 0}}, "sections": {"General": ["s-1"]}})",
      "p.json");
  ASSERT_EQ(playbook.items.size(), 1U);
  EXPECT_EQ(playbook.format, "ace");
  EXPECT_EQ(playbook.items[0].notes,
            ParseJson(R"({"helpful": 2, "harmful": 1, "section": "General"})"));
}

TEST(AltkEntities, ReadsANamespaceFile) {
  const ForeignPlaybook playbook = ReadPlaybookJson(
      R"({"id": "ns", "created_at": "2026-01-01T00:00:00Z", "next_id": 4, "entities": [
  {"id": "1", "type": "guideline", "content": "Show the badge.", "created_at": "2026-01-01",
   "metadata": {"trigger": "at a door", "category": "strategy", "rationale": "It opens.",
                "implementation_steps": ["a", "b"], "owner_id": "x"}},
  {"id": 2, "type": "guideline", "content": {"content": "Knock.", "rationale": "r",
   "category": "recovery", "trigger": "door shut", "implementation_steps": []}},
  {"id": "3", "type": "fact", "content": "Doors are green."}]})",
      "ns.json");
  ASSERT_EQ(playbook.items.size(), 2U);
  EXPECT_EQ(playbook.format, "altk-evolve");
  EXPECT_EQ(playbook.items[0].text, "Show the badge.");
  EXPECT_EQ(playbook.items[0].trigger, "at a door");
  EXPECT_EQ(playbook.items[0].rationale, "It opens.");
  EXPECT_EQ(playbook.items[0].line, 2);
  EXPECT_EQ(playbook.items[1].id, "2");
  EXPECT_EQ(playbook.items[1].text, "Knock.");
  EXPECT_EQ(playbook.items[1].notes["category"], "recovery");
  ASSERT_EQ(playbook.skipped.size(), 1U);
  EXPECT_EQ(playbook.skipped[0].id, "3");
  EXPECT_EQ(playbook.skipped[0].why, "a fact is no advice");
}

TEST(AltkEntities, ReadsGeneratedGuidelinesAndOneEntity) {
  EXPECT_EQ(ReadPlaybookJson(R"({"guidelines": [{"content": "A.", "trigger": "t",
      "rationale": "r", "category": "strategy"}]})",
                             "g.json")
                .items[0]
                .id,
            "item-1");
  EXPECT_EQ(ReadPlaybookJson(R"({"content": "A.", "type": "guideline"})", "g.json").items.size(),
            1U);
  EXPECT_EQ(ReadPlaybookJson(R"([{"content": "A."}, {"content": "B."}])", "g.json").items[1].id,
            "item-2");
}

TEST(AltkEntities, ReadsMarkdownOfMemoryFolders) {
  const ForeignPlaybook playbook = ReadEntityMarkdown(
      "---\nschema: guideline/v1\nstable_id: 01HXY3K2N5QPVWZ8ABCDEFGHJK\ntype: guideline\n"
      "authority: generated\ntrigger: \"door_shut\"\ncategory: recovery\n"
      "content: \"Knock, then\n  wait.\"\nrationale: |\n  Somebody\n  opens.\n"
      "implementation_steps:\n- \"Knock\"\ncreated_at: 2026-04-29T09:11:00Z\n"
      "source_trajectory_ids:\n- t-1\n---\n\n# Read me\n",
      "m.md");
  ASSERT_EQ(playbook.items.size(), 1U);
  const PlaybookItem& item = playbook.items[0];
  EXPECT_EQ(item.id, "01HXY3K2N5QPVWZ8ABCDEFGHJK");
  EXPECT_EQ(item.text, "Knock, then wait.");
  EXPECT_EQ(item.rationale, "Somebody\nopens.\n");
  EXPECT_EQ(item.notes["source_trajectory_ids"], Json::array({"t-1"}));
}

TEST(AltkEntities, ReadsMarkdownOfPlugins) {
  const ForeignPlaybook playbook = ReadEntityMarkdown(
      "---\ntype: guideline\ntrigger: When: the door is [shut]\n---\n\nKnock.\n\n## Rationale\n\n"
      "Somebody opens.\n",
      "entities/guideline/knock.md");
  ASSERT_EQ(playbook.items.size(), 1U);
  EXPECT_EQ(playbook.items[0].id, "knock");
  EXPECT_EQ(playbook.items[0].trigger, "When: the door is [shut]");
  EXPECT_EQ(playbook.items[0].text, "Knock.");
  EXPECT_EQ(playbook.items[0].rationale, "Somebody opens.");
  EXPECT_EQ(ReadEntityMarkdown("---\ntype: fact\n---\nGreen.", "f.md").skipped.size(), 1U);
}

TEST(ForeignPlaybookFile, KnowsTheFormatByTheFile) {
  const TempFolder folder;
  WriteFile(folder.File("memory/b/two.md"), "---\ntype: guideline\n---\nTwo.\n");
  WriteFile(folder.File("memory/a/one.md"), "---\ntype: guideline\n---\nOne.\n");
  WriteFile(folder.File("memory/notes.txt"), "not looked at");
  const ForeignPlaybook both = LoadForeignPlaybook(folder.File("memory"));
  ASSERT_EQ(both.items.size(), 2U);
  EXPECT_EQ(both.items[0].id, "one");
  WriteFile(folder.File("ace.md"), "[a-1] helpful=0 harmful=0 :: One.\n");
  EXPECT_EQ(LoadForeignPlaybook(folder.File("ace.md")).format, "ace");
  EXPECT_EQ(ErrorOf([&] { LoadForeignPlaybook(folder.File("absent.json")); }).kind(),
            ErrorKind::kMissingInput);
}

struct BrokenPlaybook {
  const char* name;
  const char* text;
  const char* place;
  const char* message;
};

TEST(ForeignPlaybookFile, EveryBrokenFileIsOneMessageWithItsPlace) {
  const TempFolder folder;
  for (const BrokenPlaybook& broken : std::vector<BrokenPlaybook>{
           {"a.txt", "## S\n\n[a-1 helpful=0 harmful=0 :: x\n", "a.txt:3", "expected `[id]"},
           {"a.txt", "[a-1] helpful=x harmful=0 :: x\n", "a.txt:1", "expected `[id]"},
           {"a.txt", "[a-1] helpful=-1 harmful=0 :: x\n", "a.txt:1", "expected `[id]"},
           {"a.txt", "[a-1] helpful=0 harmful=99999999999999999999 :: x\n", "a.txt:1", "expected"},
           {"a.txt", "[a-1] helpful=0 harmful=0 ::  \n", "a.txt:1", "no text"},
           {"a.txt", "prose\n", "a.txt:1", "expected"},
           {"a.txt", "  indented before any bullet\n", "a.txt:1", "expected"},
           {"a.txt", "[a] helpful=0 harmful=0 :: x\n[a] helpful=0 harmful=0 :: y\n", "a.txt:2",
            "used already at"},
           {"a.txt", "\n\n", "a.txt", "no item"},
           {"a.txt", "\xff\xfe", "a.txt", "UTF-8"},
           {"a.json", "{\"entities\": [\n{\"content\": 7}]}", "a.json:2", "entities[0].content"},
           {"a.json", "{\"entities\": [\n{\"type\": \"guideline\"}]}", "a.json:2", "content"},
           {"a.json", "{\"entities\": 1}", "a.json:1", "entities"},
           {"a.json", "[1]", "a.json:1", "object"},
           {"a.json", "{\"bullets\": {\"x\":\n{\"content\": \"\"}}}", "a.json:2", "content"},
           {"a.json", "{", "a.json:1", ""},
           {"a.md", "---\ntype: guideline\nKnock.\n", "a.md:3", "does not end"},
           {"a.md", "---\ntype: guideline\n---\n\n", "a.md:4", "no content"},
           {"a.md", "---\nno colon\n---\nx\n", "a.md:2", "key: value"},
           {"a.md", "---\ntype: guideline\ntype: tip\n---\nx\n", "a.md:3", "twice"},
           {"a.md", "---\nschema: guideline/v1\ncontent: [a\n---\nx\n", "a.md", ""},
           {"a.md", "---\nschema: guideline/v1\ntype: guideline\ncontent: {a: b}\n---\nx\n",
            "a.md:4", "content"}}) {
    SCOPED_TRACE(broken.text);
    WriteFile(folder.File(broken.name), broken.text);
    const Error error = ErrorOf([&] { LoadForeignPlaybook(folder.File(broken.name)); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
    EXPECT_NE(std::string(error.what()).find(broken.place), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find(broken.message), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace kedge::strategy
