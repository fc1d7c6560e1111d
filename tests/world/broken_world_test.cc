#include <gtest/gtest.h>

#include <filesystem>

#include "harness/core/error.h"
#include "harness/world/world.h"
#include "tests/testing/needs.h"

namespace kedge::world {
namespace {

/// One change to a good world folder, and what the one message must say.
struct Broken {
  const char* name;
  const char* file;
  const char* from;  ///< text in the file to replace; empty: remove the file
  const char* to;
  ErrorKind kind;
  std::vector<const char*> says;
};

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << "the good file has no '" << from << "'";
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

void Check(const Broken& broken) {
  SCOPED_TRACE(broken.name);
  testing::TempFolder folder;
  std::filesystem::copy(testing::SourcePath("tests/world/testdata/library"), folder.path());
  const std::string path = folder.File(broken.file);
  if (*broken.from == '\0') {
    std::filesystem::remove(path);
  } else {
    testing::WriteFile(path, Replaced(testing::ReadWholeFile(path), broken.from, broken.to));
  }
  try {
    World::Load(folder.path(), {});
    ADD_FAILURE() << "loaded without complaint";
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_EQ(error.kind(), broken.kind) << text;
    EXPECT_NE(text.find(broken.file), std::string::npos) << text;
    for (const char* part : broken.says) {
      EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
    }
  }
}

constexpr ErrorKind kBad = ErrorKind::kBadData;

TEST(BrokenWorld, WorldYaml) {
  const Broken cases[] = {
      {"no file", "world.yaml", "", "", ErrorKind::kMissingInput, {}},
      {"not yaml", "world.yaml", "schema: schema.sql", "schema: [", kBad, {"world.yaml:"}},
      {"misspelt key", "world.yaml", "policy:", "polcy:", kBad, {":7:", "polcy", "policy"}},
      {"other format", "world.yaml", "kedge-world/1", "kedge-world/9", kBad, {":1:", "format"}},
      {"no name", "world.yaml", "world: library\n", "", kBad, {"world"}},
      {"unknown unscored table",
       "world.yaml",
       "[session_note",
       "[session_nots",
       kBad,
       {"unscored[0]", "session_nots"}},
      {"file outside", "world.yaml", "seed.sql", "../seed.sql", kBad, {":4:", "seed", "folder"}},
      {"absolute file", "world.yaml", "seed.sql", "/etc/passwd", kBad, {":4:", "seed"}},
      {"file is a number", "world.yaml", "seed.sql", "12", kBad, {":4:", "seed"}},
      {"bad pattern", "world.yaml", "[a-z]+[0-9]+@", "[a-z+@(", kBad, {"types.email.pattern"}},
      {"type without pattern",
       "world.yaml",
       "pattern: '\\bB",
       "patern: '\\bB",
       kBad,
       {"types.book_id", "patern"}},
      {"rate too high", "world.yaml", "rate: 0.05", "rate: 0.9", kBad, {"transient.rate"}},
      {"rate not a number", "world.yaml", "rate: 0.05", "rate: often", kBad, {"transient.rate"}},
      {"odd error class",
       "world.yaml",
       "error: unavailable",
       "error: 'not there'",
       kBad,
       {"transient.error"}},
      {"quirks is a list",
       "world.yaml",
       "quirks: quirks.yaml",
       "quirks: [quirks.yaml]",
       kBad,
       {":6:", "quirks"}},
  };
  for (const Broken& broken : cases) Check(broken);
}

TEST(BrokenWorld, SchemaAndSeed) {
  const Broken cases[] = {
      {"no schema", "schema.sql", "", "", ErrorKind::kMissingInput, {}},
      {"no seed", "seed.sql", "", "", ErrorKind::kMissingInput, {}},
      {"no policy", "policy.md", "", "", ErrorKind::kMissingInput, {}},
      {"syntax", "schema.sql", "CREATE TABLE books", "CREATE TABEL books", kBad, {":7:", "TABEL"}},
      {"scored table without key",
       "schema.sql",
       "loan_id INTEGER PRIMARY KEY",
       "loan_id INTEGER",
       kBad,
       {"loans", "PRIMARY KEY"}},
      {"generated column",
       "schema.sql",
       "due_day INTEGER NOT NULL",
       "due_day INTEGER NOT NULL, due_week AS (due_day / 7)",
       kBad,
       {"loans", "due_week"}},
      {"attach",
       "schema.sql",
       "CREATE INDEX",
       "ATTACH '/tmp/x' AS x; CREATE INDEX",
       kBad,
       {":20:", "ATTACH"}},
      {"pragma",
       "schema.sql",
       "CREATE INDEX",
       "PRAGMA foreign_keys = OFF; CREATE INDEX",
       kBad,
       {":20:", "PRAGMA"}},
      {"engine's table",
       "schema.sql",
       "CREATE INDEX",
       "DELETE FROM kedge_call; CREATE INDEX",
       kBad,
       {":20:", "kedge_call"}},
      {"commit",
       "seed.sql",
       "INSERT INTO books",
       "COMMIT; INSERT INTO books",
       kBad,
       {":7:", "transaction"}},
      {"wrong column", "seed.sql", "pick(5, 'copies', i)", "pick(5, 'copies', j)", kBad, {":7:"}},
      {"wrong draw", "seed.sql", "rnd_int(1, 28", "rnd_int(29, 28", kBad, {":12:", "rnd_int"}},
      {"randomness",
       "seed.sql",
       "pick(5, 'copies', i)",
       "abs(random()) % 5",
       kBad,
       {":7:", "random()"}},
      {"constraint", "seed.sql", "printf('B%04d', i)", "'B0001'", kBad, {":7:", "books.book_id"}},
      {"foreign key",
       "seed.sql",
       "pick(80, 'book', i)",
       "pick(900, 'book', i)",
       kBad,
       {":12:", "FOREIGN KEY"}},
  };
  for (const Broken& broken : cases) Check(broken);
}

TEST(BrokenWorld, ANullKeyInThePopulation) {
  testing::TempFolder folder;
  std::filesystem::copy(testing::SourcePath("tests/world/testdata/library"), folder.path());
  const std::string seed = folder.File("seed.sql");
  testing::WriteFile(
      seed, testing::ReadWholeFile(seed) + "INSERT INTO books VALUES (NULL, 'Nameless', 1, 1);\n");
  try {
    World::Load(folder.path(), {});
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("books: column book_id"), std::string::npos)
        << error.what();
  }
}

TEST(BrokenWorld, ToolsYaml) {
  const Broken cases[] = {
      {"no file", "tools.yaml", "", "", ErrorKind::kMissingInput, {}},
      {"no tools", "tools.yaml", "tools:", "tool:", kBad, {":1:", "tool", "did you mean"}},
      {"misspelt key",
       "tools.yaml",
       "  result_types: {copies",
       "  result_typs: {copies",
       kBad,
       {":35:", "tools[2]", "result_typs"}},
      {"two of one name",
       "tools.yaml",
       "name: list_loans",
       "name: find_member",
       kBad,
       {":16:", "tools[1].name", "find_member"}},
      {"bad name", "tools.yaml", "name: list_loans", "name: list loans", kBad, {"tools[1].name"}},
      {"no description",
       "tools.yaml",
       "  description: The loans of a member.\n",
       "",
       kBad,
       {"tools[1]", "description"}},
      {"unknown effect",
       "tools.yaml",
       "effect: read",
       "effect: reads",
       kBad,
       {":4:", "tools[0].effect", "write"}},
      {"schema keyword",
       "tools.yaml",
       "maxLength: 100",
       "maxLenght: 100",
       kBad,
       {"tools[0].arguments", "maxLenght"}},
      {"schema type",
       "tools.yaml",
       "maxLength: 100",
       "maxLength: long",
       kBad,
       {"tools[0].arguments", "maxLength"}},
      {"arguments not an object",
       "tools.yaml",
       "    properties: {email: {type: string, maxLength: 100}}\n",
       "    type: array\n",
       kBad,
       {"tools[0].arguments"}},
      {"type of an unknown argument",
       "tools.yaml",
       "types: {cents:",
       "types: {cent:",
       kBad,
       {"tools[9].types", "cent"}},
      {"result type of no column",
       "tools.yaml",
       "result_types: {member_id: member_id, email",
       "result_types: {member_id: member_id, mail",
       kBad,
       {"tools[0].result_types.mail"}},
      {"wrong column",
       "tools.yaml",
       "WHERE email = :email\"\n    error",
       "WHERE mail = :email\"\n    error",
       kBad,
       {":10:", "tools[0].guards[0].query", "mail"}},
      {"wrong table",
       "tools.yaml",
       "SELECT 1 FROM books",
       "SELECT 1 FROM boks",
       kBad,
       {"tools[2].guards[0].query", "boks"}},
      {"unknown parameter",
       "tools.yaml",
       "coalesce(:limit, 50)",
       "coalesce(:limits, 50)",
       kBad,
       {"tools[1].result.query", ":limits", ":limit?"}},
      {"numbered parameter",
       "tools.yaml",
       "coalesce(:limit, 50)",
       "coalesce(?, 50)",
       kBad,
       {"tools[1].result.query", ":name"}},
      {"two statements",
       "tools.yaml",
       "SELECT count(*) FROM books\"",
       "SELECT 1; SELECT 2\"",
       kBad,
       {"tools[3].result.query", "one SQL statement"}},
      {"empty statement",
       "tools.yaml",
       "SELECT count(*) FROM books\"",
       "-- nothing\"",
       kBad,
       {"tools[3].result.query"}},
      {"query that writes",
       "tools.yaml",
       "query: \"SELECT count(*) FROM books\"",
       "query: \"DELETE FROM books RETURNING book_id\"",
       kBad,
       {"tools[3].result.query", "changes rows"}},
      {"reading tool that writes",
       "tools.yaml",
       "  result: {query: \"SELECT count(*) FROM books\", shape: value}",
       "  statements: [\"DELETE FROM books\"]",
       kBad,
       {"tools[3].statements[0]", "changes rows"}},
      {"statement on kedge_call",
       "tools.yaml",
       "INSERT INTO session_note VALUES",
       "INSERT INTO kedge_call (tool) VALUES",
       kBad,
       {"tools[4].statements[0]", "kedge_call"}},
      {"definition in a tool",
       "tools.yaml",
       "INSERT INTO session_note VALUES ('verified ' || :member_id)",
       "DROP TABLE books",
       kBad,
       {"tools[4].statements[0]", "schema"}},
      {"clock",
       "tools.yaml",
       "SELECT count(*) FROM books\"",
       "SELECT date('NOW')\"",
       kBad,
       {"tools[3].result.query", "clock"}},
      {"query without columns",
       "tools.yaml",
       "query: \"SELECT title, copies FROM books",
       "query: \"WITH x AS (SELECT 1) DELETE FROM books",
       kBad,
       {"tools[5].guards[1].query"}},
      {"unknown shape",
       "tools.yaml",
       "shape: value",
       "shape: scalar",
       kBad,
       {"tools[3].result.shape", "scalar"}},
      {"json column",
       "tools.yaml",
       "json: [returned]",
       "json: [return]",
       kBad,
       {"tools[6].result.json", "return"}},
      {"placeholder in a message",
       "tools.yaml",
       "No member has the address {email}",
       "No member has the address {mail}",
       kBad,
       {":12:", "tools[0].guards[0].message", "{mail}"}},
      {"column in a message without absent",
       "tools.yaml",
       "There is no book {book_id}.",
       "There is no book {title}.",
       kBad,
       {"tools[2].guards[0].message", "{title}"}},
      {"guard without message",
       "tools.yaml",
       "    message: \"No member has the address {email}.\"\n",
       "",
       kBad,
       {"tools[0].guards[0]", "message"}},
      {"guard misspelt",
       "tools.yaml",
       "absent: true",
       "absnt: true",
       kBad,
       {"tools[5].guards[1]", "absnt"}},
  };
  for (const Broken& broken : cases) Check(broken);
}

TEST(BrokenWorld, QuirksYaml) {
  const Broken cases[] = {
      {"no file", "quirks.yaml", "", "", ErrorKind::kMissingInput, {}},
      {"misspelt key",
       "quirks.yaml",
       "instead:",
       "insted:",
       kBad,
       {":19:", "quirks[2]", "instead"}},
      {"no summary",
       "quirks.yaml",
       "  summary: A new address holds only after the profile was synchronised.\n",
       "",
       kBad,
       {"quirks[2]", "summary"}},
      {"unknown tool",
       "quirks.yaml",
       "tool: count_copies",
       "tool: count_copie",
       kBad,
       {":13:", "quirks[1].tool", "count_copies"}},
      {"unknown tool in a list",
       "quirks.yaml",
       "[lend_book, waive_fee]",
       "[lend_book, waive]",
       kBad,
       {":4:", "quirks[0].tools[1]", "waive"}},
      {"tool and tools",
       "quirks.yaml",
       "  tool: count_copies\n",
       "  tool: count_copies\n  tools: [lend_book]\n",
       kBad,
       {"quirks[1]", "`tool` or `tools`"}},
      {"no tool",
       "quirks.yaml",
       "  tool: count_copies\n",
       "",
       kBad,
       {"quirks[1]", "`tool` or `tools`"}},
      {"empty list", "quirks.yaml", "[lend_book, waive_fee]", "[]", kBad, {"quirks[0].tools"}},
      {"two of one id",
       "quirks.yaml",
       "id: email_needs_sync",
       "id: stale_shelves",
       kBad,
       {"quirks[2].id", "stale_shelves"}},
      {"reserved id", "quirks.yaml", "id: email_needs_sync", "id: all", kBad, {"quirks[2].id"}},
      {"wrong table",
       "quirks.yaml",
       "FROM kedge_call WHERE tool = 'refresh",
       "FROM kedge_calls WHERE tool = 'refresh",
       kBad,
       {":14:", "quirks[1].when", "kedge_calls"}},
      {"argument of another tool",
       "quirks.yaml",
       "copies_yesterday AS copies FROM books WHERE book_id = :book_id",
       "copies_yesterday AS copies FROM books WHERE book_id = :member_id",
       kBad,
       {"quirks[1].result.query", ":member_id"}},
      {"reading tool that writes",
       "quirks.yaml",
       "  result: {query: \"SELECT copies_yesterday AS copies FROM books WHERE book_id = "
       ":book_id\"}",
       "  statements: [\"DELETE FROM books\"]",
       kBad,
       {"quirks[1].statements[0]", "changes rows"}},
      {"does nothing",
       "quirks.yaml",
       "  instead: [\"INSERT OR REPLACE INTO pending_email VALUES (:member_id, :email)\"]\n",
       "",
       kBad,
       {"quirks[2]", "nothing"}},
  };
  for (const Broken& broken : cases) Check(broken);
}

}  // namespace
}  // namespace kedge::world
