#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "harness/core/error.h"
#include "harness/world/world.h"
#include "tests/testing/needs.h"

namespace kedge::world {
namespace {

std::shared_ptr<const World> Library(std::uint64_t seed = 1,
                                     std::vector<std::string> quirks = {"all"}) {
  return World::Load(testing::SourcePath("tests/world/testdata/library"), {seed, quirks});
}

constexpr Session::Options kPlain{false, false};
constexpr Session::Options kQuirky{true, false};

std::string BookWithCopies(Session& session) {
  return session.Query(
      "SELECT book_id FROM books WHERE copies > 1 ORDER BY 1 LIMIT 1")[0]["book_id"];
}

TEST(Session, ReadsGiveTypedResults) {
  Session session(Library());
  session.Begin(1, kPlain);
  const Json member = session.Query("SELECT * FROM members WHERE fee_cents > 0 LIMIT 1")[0];
  const ToolResult found = session.Call("find_member", {{"email", member["email"]}});
  ASSERT_TRUE(found.ok) << found.message;
  EXPECT_EQ(found.content["member_id"], member["member_id"]);
  EXPECT_EQ(session.Call("refresh_shelves", Json::object()).content, 80);
  const ToolResult loans =
      session.Call("list_loans", {{"member_id", member["member_id"]}, {"limit", 1}});
  EXPECT_TRUE(loans.content.is_array());
  EXPECT_TRUE(session.difference().empty());
}

TEST(Session, ErrorsAreResultsAndChangeNothing) {
  Session session(Library());
  session.Begin(1, kPlain);
  EXPECT_EQ(session.Call("fly", Json::object()).error_class, "unknown_tool");
  const ToolResult missing = session.Call("lend_book", {{"member_id", "M0001"}});
  EXPECT_EQ(missing.error_class, "invalid_arguments");
  EXPECT_NE(missing.message.find("book_id"), std::string::npos) << missing.message;
  const ToolResult misspelt = session.Call("list_loans", {{"member_id", "M0001"}, {"limits", 3}});
  EXPECT_EQ(misspelt.error_class, "invalid_arguments");
  EXPECT_NE(misspelt.message.find("limits"), std::string::npos) << misspelt.message;
  const ToolResult absent =
      session.Call("lend_book", {{"member_id", "M0001"}, {"book_id", "B9999"}});
  EXPECT_EQ(absent.error_class, "not_found");
  EXPECT_EQ(absent.message, "There is no book B9999.");
  EXPECT_TRUE(session.difference().empty());
}

TEST(Session, AGuardOnAbsenceSpeaksOfTheRowItFound) {
  Session session(Library());
  session.Begin(1, kPlain);
  const Json book = session.Query("SELECT * FROM books WHERE copies = 0 LIMIT 1")[0];
  const ToolResult result =
      session.Call("lend_book", {{"member_id", "M0001"}, {"book_id", book["book_id"]}});
  EXPECT_EQ(result.error_class, "none_left");
  EXPECT_EQ(result.message, book["title"].get<std::string>() + " has 0 copies left.");
}

TEST(Session, AConstraintUndoesTheWholeCall) {
  Session session(Library());
  session.Begin(1, kPlain);
  const std::string book = BookWithCopies(session);
  // The update of `books` comes first, then the loan of an unknown member fails.
  const ToolResult result = session.Call("lend_book", {{"member_id", "nobody"}, {"book_id", book}});
  EXPECT_EQ(result.error_class, "constraint");
  EXPECT_TRUE(session.difference().empty());
  EXPECT_TRUE(session.Call("lend_book", {{"member_id", "M0001"}, {"book_id", book}}).ok);
}

TEST(Session, TheDifferenceIsNetAndInOrder) {
  Session session(Library());
  session.Begin(1, kPlain);
  const std::string book = BookWithCopies(session);
  const ToolResult lent = session.Call("lend_book", {{"member_id", "M0002"}, {"book_id", book}});
  ASSERT_TRUE(lent.ok) << lent.message;
  const Difference difference = session.difference();
  ASSERT_EQ(difference.changes.size(), 2u);
  EXPECT_EQ(difference.changes[0].table, "books");
  EXPECT_EQ(difference.changes[0].operation, "update");
  EXPECT_EQ(difference.changes[0].key, Json({{"book_id", book}}));
  EXPECT_EQ(difference.changes[0].after["copies"].get<int>() + 1,
            difference.changes[0].before["copies"].get<int>());
  EXPECT_FALSE(difference.changes[0].before.contains("title"));
  EXPECT_EQ(difference.changes[1].operation, "insert");
  EXPECT_EQ(difference.changes[1].before, nullptr);
  EXPECT_EQ(difference.changes[1].after["member_id"], "M0002");
  // Back again: nothing is left.
  const ToolResult back =
      session.Call("return_books", {{"loan_ids", Json::array({lent.content["loan_id"]})}});
  ASSERT_TRUE(back.ok) << back.message;
  EXPECT_EQ(back.content["returned"], Json::array({lent.content["loan_id"]}));
  EXPECT_TRUE(session.difference().empty());
}

TEST(Session, EndAndBeginRestoreTheSeededState) {
  Session session(Library());
  const std::string all = "SELECT * FROM books";
  const Json before = session.Query(all);
  for (int round = 0; round < 3; ++round) {
    session.Begin(1, kPlain);
    ASSERT_TRUE(
        session.Call("lend_book", {{"member_id", "M0002"}, {"book_id", BookWithCopies(session)}})
            .ok);
    EXPECT_EQ(session.Query("SELECT count(*) AS n FROM kedge_call")[0]["n"], 1);
    EXPECT_NE(session.Query(all), before);
    if (round != 1) session.End();  // Begin after Begin starts over as well
  }
  EXPECT_EQ(session.Query(all), before);
  EXPECT_EQ(session.Query("SELECT count(*) AS n FROM kedge_call")[0]["n"], 0);
}

TEST(Session, LoudQuirksRefuseUntilTheRightCallCame) {
  Session session(Library());
  session.Begin(1, kQuirky);
  const std::string book = BookWithCopies(session);
  const Json lend = {{"member_id", "M0002"}, {"book_id", book}};
  EXPECT_EQ(session.Call("lend_book", lend).error_class, "identity_unverified");
  ASSERT_TRUE(session.Call("verify_member", {{"member_id", "M0003"}}).ok);
  EXPECT_EQ(session.Call("lend_book", lend).error_class, "identity_unverified");
  ASSERT_TRUE(session.Call("verify_member", {{"member_id", "M0002"}}).ok);
  EXPECT_TRUE(session.Call("lend_book", lend).ok);
}

TEST(Session, SilentQuirksChangeResultsAndEffects) {
  Session session(Library());
  session.Begin(1, kQuirky);
  const Json book = session.Query("SELECT * FROM books ORDER BY book_id LIMIT 1")[0];
  const Json which = {{"book_id", book["book_id"]}};
  EXPECT_EQ(session.Call("count_copies", which).content["copies"], book["copies_yesterday"]);
  session.Call("refresh_shelves", Json::object());
  EXPECT_EQ(session.Call("count_copies", which).content["copies"], book["copies"]);

  ASSERT_TRUE(session.Call("change_email", {{"member_id", "M0005"}, {"email", "new@x.org"}}).ok);
  EXPECT_TRUE(session.difference().empty());
  // A tool without a result says that it was done.
  EXPECT_EQ(session.Call("sync_profile", {{"member_id", "M0005"}}).content, Json({{"done", true}}));
  const Difference quirky = session.difference();

  session.Begin(1, kPlain);
  ASSERT_TRUE(session.Call("change_email", {{"member_id", "M0005"}, {"email", "new@x.org"}}).ok);
  EXPECT_EQ(session.difference(), quirky);
}

TEST(Session, OnlyChosenQuirksHold) {
  Session session(Library(1, {"stale_shelves"}));
  session.Begin(1, kQuirky);
  EXPECT_TRUE(
      session.Call("lend_book", {{"member_id", "M0002"}, {"book_id", BookWithCopies(session)}}).ok);
  EXPECT_THROW(Library(1, {"stale_shelfs"}), Error);
}

TEST(Session, TransientErrorsDependOnSeedToolAndCallOnly) {
  Session session(Library());
  const auto draw = [&](std::uint64_t seed, bool other_calls_between) {
    std::vector<bool> failed;
    session.Begin(seed);
    for (int i = 0; i < 400; ++i) {
      if (other_calls_between) session.Call("count_copies", {{"book_id", "B0001"}});
      failed.push_back(session.Call("refresh_shelves", Json::object()).error_class ==
                       "unavailable");
    }
    return failed;
  };
  const std::vector<bool> first = draw(5, false);
  EXPECT_EQ(first, draw(5, true));
  EXPECT_NE(first, draw(6, false));
  // 400 draws at 0.05: 20 expected, standard deviation 4.4.
  const auto count = std::count(first.begin(), first.end(), true);
  EXPECT_GT(count, 4);
  EXPECT_LT(count, 36);
}

TEST(Session, QueriesMayOnlyRead) {
  Session session(Library());
  session.Begin(1, kPlain);
  EXPECT_EQ(session.Query("SELECT :a + 1 AS b", {{"a", 2}}), Json::parse(R"([{"b": 3}])"));
  EXPECT_THROW(session.Query("DELETE FROM loans"), Error);
  EXPECT_THROW(session.Query("SELECT :a"), Error);
  EXPECT_THROW(session.Query("ATTACH 'x' AS y"), Error);
  EXPECT_THROW(session.Query("SELECT * FROM pragma_table_info('books')"), Error);
}

/// The library with one more tool.
std::shared_ptr<const World> LibraryWith(const std::string& tool) {
  testing::TempFolder folder;
  std::filesystem::copy(testing::SourcePath("tests/world/testdata/library"), folder.path());
  const std::string path = folder.File("tools.yaml");
  testing::WriteFile(path, testing::ReadWholeFile(path) + tool);
  return World::Load(folder.path(), {});
}

TEST(Session, AnEndlessQueryFailsTheCallOnly) {
  Session session(LibraryWith(
      "- name: spin\n  description: Never ends.\n  effect: read\n  result:\n"
      "    query: 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) "
      "FROM n'\n"));
  session.Begin(1, kPlain);
  ASSERT_TRUE(session.Call("change_email", {{"member_id", "M0001"}, {"email", "a@b"}}).ok);
  const Difference before = session.difference();
  EXPECT_EQ(session.Call("spin", Json::object()).error_class, "tool_failed");
  EXPECT_EQ(session.difference(), before);
  EXPECT_TRUE(session.Call("refresh_shelves", Json::object()).ok);
}

TEST(Session, AWorldThatRollsBackTheEpisodeIsRefused) {
  Session session(
      LibraryWith("- name: wreck\n  description: Rolls back.\n  effect: write\n  statements:\n"
                  "  - \"UPDATE OR ROLLBACK books SET copies = -1\"\n"));
  session.Begin(1, kPlain);
  EXPECT_THROW(session.Call("wreck", Json::object()), Error);
  session.Begin(2, kPlain);  // the next episode is not concerned
  EXPECT_TRUE(session.Call("change_email", {{"member_id", "M0001"}, {"email", "a@b"}}).ok);
  EXPECT_EQ(session.difference().changes.size(), 1u);
}

TEST(Session, ResultsThatAreNotWhatTheyClaimFail) {
  Session session(
      LibraryWith("- name: odd\n  description: No JSON.\n  effect: read\n  result:\n"
                  "    {query: \"SELECT title FROM books\", shape: rows, json: [title]}\n"
                  "- name: none\n  description: No row.\n  effect: read\n  result:\n"
                  "    {query: \"SELECT title FROM books WHERE 0\"}\n"
                  "- name: blank\n  description: A missing part.\n  effect: read\n  result:\n"
                  "    {query: \"SELECT NULL AS parts, 1 AS n\", json: [parts]}\n"));
  session.Begin(1, kPlain);
  EXPECT_EQ(session.Call("odd", Json::object()).error_class, "tool_failed");
  const ToolResult none = session.Call("none", Json::object());
  EXPECT_TRUE(none.ok);
  EXPECT_EQ(none.content, nullptr);
  EXPECT_EQ(session.Call("blank", Json::object()).content, Json({{"n", 1}, {"parts", nullptr}}));
}

TEST(Session, DeferredForeignKeysAreCheckedAfterEachCall) {
  testing::TempFolder folder;
  std::filesystem::copy(testing::SourcePath("tests/world/testdata/library"), folder.path());
  std::string schema = testing::ReadWholeFile(folder.File("schema.sql"));
  schema.replace(schema.find("REFERENCES members"), 18,
                 "REFERENCES members DEFERRABLE INITIALLY DEFERRED");
  testing::WriteFile(folder.File("schema.sql"), schema);
  Session session(World::Load(folder.path(), {}));
  session.Begin(1, kPlain);
  const ToolResult result =
      session.Call("lend_book", {{"member_id", "nobody"}, {"book_id", BookWithCopies(session)}});
  EXPECT_EQ(result.error_class, "constraint");
  EXPECT_TRUE(session.difference().empty());
}

TEST(Session, TheCallTableHoldsEarlierCallsOnly) {
  Session session(LibraryWith(
      "- name: history\n  description: What came before.\n  effect: read\n  result:\n"
      "    {query: \"SELECT seq, tool, ok, arguments, error FROM kedge_call\", shape: rows}\n"));
  session.Begin(1, kPlain);
  EXPECT_EQ(session.Call("history", Json::object()).content, Json::array());
  session.Call("count_copies", {{"book_id", "B9999"}});
  EXPECT_EQ(session.Call("history", Json::object()).content, Json::parse(R"([
      {"seq": 1, "tool": "history", "ok": 1, "arguments": "{}", "error": ""},
      {"seq": 2, "tool": "count_copies", "ok": 0, "arguments": "{\"book_id\":\"B9999\"}",
       "error": "not_found"}])"));
}

TEST(Session, CallsBeforeBeginAreADefectOfTheCaller) {
  Session session(Library());
  EXPECT_THROW(session.Call("refresh_shelves", Json::object()), Error);
}

TEST(World, PopulationsDifferBySeedAndRepeat) {
  Session one(Library(1)), again(Library(1)), two(Library(2));
  const std::string members = "SELECT * FROM members";
  EXPECT_EQ(one.Query(members), again.Query(members));
  EXPECT_NE(one.Query(members), two.Query(members));
  EXPECT_EQ(Library(1)->digest(), Library(1)->digest());
  EXPECT_NE(Library(1)->digest(), Library(2)->digest());
  EXPECT_NE(Library(1)->digest(), Library(1, {"stale_shelves"})->digest());
  EXPECT_EQ(Library(1)->digest().size(), 64u);
}

TEST(World, DescribesItsToolsAndTypes) {
  const auto world = Library();
  EXPECT_EQ(world->name(), "library");
  EXPECT_EQ(world->tools().size(), 10u);
  EXPECT_EQ(world->tools()[0].argument_types, Json({{"email", "email"}}));
  EXPECT_EQ(world->tools()[0].arguments["additionalProperties"], false);
  EXPECT_FALSE(world->tools()[0].writes);
  EXPECT_EQ(world->tools()[9].argument_types["cents"], "money_cents");
  EXPECT_EQ(world->types().size(), 2u);
  EXPECT_EQ(world->quirk_ids().size(), 4u);
  EXPECT_EQ(world->policy().substr(0, 17), "# Library policy\n");
}

}  // namespace
}  // namespace kedge::world
