#include "harness/db/database.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "harness/core/error.h"
#include "harness/db/transaction.h"
#include "tests/testing/needs.h"

namespace kedge::db {
namespace {

std::optional<ErrorKind> KindOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.kind();
  }
  return std::nullopt;
}

std::string MessageOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::int64_t Count(Database& database, const std::string& table) {
  Statement query = database.Prepare("SELECT count(*) FROM " + table);
  query.Step();
  return query.Int(0);
}

TEST(Database, AFileKeepsWhatWasCommitted) {
  testing::TempFolder folder;
  {
    Database database = Database::OpenFile(folder.File("a.db"));
    database.Execute("CREATE TABLE t (x)");
    Transaction kept(database);
    database.Execute("INSERT INTO t VALUES (1)");
    kept.Commit();
    Transaction dropped(database);
    database.Execute("INSERT INTO t VALUES (2)");
  }
  Database again = Database::OpenFile(folder.File("a.db"), {.read_only = true});
  EXPECT_EQ(Count(again, "t"), 1);
  EXPECT_EQ(KindOf([&] { again.Execute("INSERT INTO t VALUES (3)"); }), ErrorKind::kNotPermitted);
}

TEST(Database, OpeningFailsByKind) {
  testing::TempFolder folder;
  EXPECT_EQ(KindOf([&] { Database::OpenFile(folder.File("none.db"), {.create = false}); }),
            ErrorKind::kMissingInput);
  EXPECT_EQ(KindOf([&] { Database::OpenFile(folder.File("none.db"), {.read_only = true}); }),
            ErrorKind::kMissingInput);
  testing::WriteFile(folder.File("text.db"), std::string(5000, 'x'));
  EXPECT_EQ(KindOf([&] { Database::OpenFile(folder.File("text.db")); }), ErrorKind::kBadData);
  EXPECT_NE(MessageOf([&] { Database::OpenFile(folder.File("text.db")); }).find("text.db"),
            std::string::npos);
}

TEST(Database, ALockedFileIsATemporaryFailure) {
  testing::TempFolder folder;
  const OpenOptions impatient{.busy_timeout = std::chrono::milliseconds(1)};
  Database one = Database::OpenFile(folder.File("a.db"), impatient);
  one.Execute("CREATE TABLE t (x)");
  Database two = Database::OpenFile(folder.File("a.db"), impatient);
  Transaction holding(one);
  EXPECT_EQ(KindOf([&] { Transaction waiting(two); }), ErrorKind::kTemporary);
}

TEST(Database, PrepareTakesExactlyOneStatement) {
  Database database = Database::OpenMemory();
  EXPECT_NO_THROW(database.Prepare("SELECT 1 ; -- and a comment\n /* another */ ;"));
  EXPECT_EQ(KindOf([&] { database.Prepare("SELECT 1; SELECT 2"); }), ErrorKind::kBadData);
  EXPECT_EQ(KindOf([&] { database.Prepare("SELECT 1; nonsense"); }), ErrorKind::kBadData);
  EXPECT_EQ(KindOf([&] { database.Prepare("  -- nothing"); }), ErrorKind::kBadData);
  EXPECT_EQ(KindOf([&] { database.Prepare("SELECT FROM"); }), ErrorKind::kBadData);
  EXPECT_EQ(KindOf([&] { database.Prepare("SELECT \"text\""); }), ErrorKind::kBadData);
}

TEST(Database, AScriptErrorNamesItsLine) {
  Database database = Database::OpenMemory();
  const auto line_of = [&](const char* script) -> std::int64_t {
    try {
      database.Execute(script);
    } catch (const Error& error) {
      return error.line();
    }
    return 0;
  };
  EXPECT_EQ(
      line_of("CREATE TABLE t (x);\n\n-- a comment\n/* two\nlines */\nINSERT INTO u VALUES (1)"),
      6);
  EXPECT_EQ(line_of("SELEC 1"), 1);
  EXPECT_EQ(line_of("INSERT INTO t VALUES (1);\nINSERT INTO t VALUES (abs('a', 'b'));"), 2);
  EXPECT_EQ(line_of("-- only\n-- comments"), 0);
}

TEST(Database, AScriptThatCannotBeReadToItsEndIsAnError) {
  using namespace std::string_view_literals;
  for (const std::string_view script :
       {"SELECT 1;\n\0SELECT 2;"sv, "SELECT 1;\n  \0"sv, "SELECT 1;\n/* open \0 */"sv}) {
    try {
      Database::OpenMemory().Execute(script);
      ADD_FAILURE() << script;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadData);
      EXPECT_EQ(error.line(), 2) << error.what();
    }
  }
  EXPECT_THROW(Database::OpenMemory().Prepare("SELECT 1\0, 2"sv), Error);
  // SQLite lets the end of the text end a comment.
  Database::OpenMemory().Execute("SELECT 1; /* closed */ -- and the rest");
  Database::OpenMemory().Execute("SELECT 1; /* open");
}

TEST(Database, AnImageIsCopiedNotShared) {
  Database original = Database::OpenMemory();
  original.Execute("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
  const Image image = original.Serialize();
  Database copy = Database::FromImage(image);
  Database other = Database::FromImage(image);
  copy.Execute("INSERT INTO t VALUES (2)");
  EXPECT_EQ(Count(copy, "t"), 2);
  EXPECT_EQ(Count(other, "t"), 1);
  EXPECT_EQ(Count(original, "t"), 1);
  Database empty = Database::FromImage(Database::OpenMemory().Serialize());
  EXPECT_EQ(Count(empty, "sqlite_schema"), 0);
}

TEST(Database, FunctionsTakeAndGiveJsonValues) {
  Database database = Database::OpenMemory();
  database.AddFunction("echo", 1, [](std::span<const Json> a) { return a[0]; });
  database.AddFunction("fails", 0, [](std::span<const Json>) -> Json { throw BadData("no luck"); });
  Statement query = database.Prepare("SELECT echo(?1), typeof(echo(?1))");
  const auto echo = [&](const Json& value) {
    query.Reset();
    query.BindJson(1, value);
    query.Step();
    return std::pair<Json, Json>(query.JsonValue(0), query.JsonValue(1));
  };
  EXPECT_EQ(echo(nullptr), std::pair(Json(nullptr), Json("null")));
  EXPECT_EQ(echo(-7), std::pair(Json(-7), Json("integer")));
  EXPECT_EQ(echo(0.5), std::pair(Json(0.5), Json("real")));
  EXPECT_EQ(echo("a\0b"), std::pair(Json("a"), Json("text")));
  EXPECT_EQ(echo(true), std::pair(Json(1), Json("integer")));
  EXPECT_EQ(echo(Json{{"a", {1, 2}}}), std::pair(Json(R"({"a":[1,2]})"), Json("text")));
  EXPECT_NE(MessageOf([&] { database.Execute("SELECT fails()"); }).find("no luck"),
            std::string::npos);
}

TEST(Database, RestrictedSqlIsRefusedByName) {
  Database database = Database::OpenMemory();
  database.Execute("CREATE TABLE t (x); CREATE TABLE engine (x)");
  struct Case {
    const char* sql;
    bool definition;  // allowed under kDefinition
    bool data;        // allowed under kData
    const char* named;
  };
  const Case cases[] = {
      {"SELECT * FROM t", true, true, ""},
      {"INSERT INTO t VALUES (1)", true, true, ""},
      {"DELETE FROM t", true, true, ""},
      {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) "
       "INSERT INTO t SELECT i FROM n",
       true, true, ""},
      {"SELECT value FROM json_each('[1]')", true, true, ""},
      {"SELECT value FROM json_tree('[1]')", true, true, ""},
      {"SELECT * FROM engine", true, true, ""},
      {"INSERT INTO engine VALUES (1)", false, false, "INSERT on table engine"},
      {"UPDATE engine SET x = 1", false, false, "UPDATE on table engine"},
      {"DELETE FROM engine", false, false, "DELETE on table engine"},
      {"CREATE TABLE v (x)", true, false, "the schema"},
      {"CREATE INDEX i ON t (x)", true, false, "CREATE INDEX"},
      {"DROP TABLE t", true, false, "the schema"},
      {"ATTACH '/tmp/x.db' AS x", false, false, "ATTACH"},
      {"PRAGMA journal_mode = OFF", false, false, "PRAGMA"},
      {"SELECT * FROM pragma_database_list", false, false, "PRAGMA"},
      {"SELECT count(*) FROM pragma_database_list", false, false, "PRAGMA"},
      {"SELECT sql FROM sqlite_stmt", false, false, "sqlite_stmt"},
      {"CREATE VIRTUAL TABLE f USING fts5(x)", false, false, ""},
      {"CREATE TEMP TABLE v (x)", false, false, ""},
      {"SELECT random()", false, false, "random()"},
      {"SELECT hex(RandomBlob(2))", false, false, "randomblob()"},
      {"SELECT CURRENT_TIMESTAMP", false, false, "current_timestamp()"},
      {"SELECT load_extension('x')", false, false, "load_extension()"},
      {"BEGIN", false, false, "transaction"},
      {"SAVEPOINT s", false, false, "transaction"},
      {"ANALYZE", false, false, ""},
  };
  for (const Case& c : cases) {
    for (const bool data : {false, true}) {
      database.Restrict(data ? Access::kData : Access::kDefinition, {"engine"});
      const std::string message = MessageOf([&] { database.Prepare(c.sql); });
      const bool allowed = message == "no error";
      EXPECT_EQ(allowed, data ? c.data : c.definition) << c.sql << ": " << message;
      if (!allowed && !c.definition) {
        EXPECT_NE(message.find(c.named), std::string::npos) << message;
      }
    }
  }
  database.Restrict(Access::kUnrestricted);
  EXPECT_NO_THROW(database.Execute("PRAGMA user_version = 3; BEGIN; COMMIT"));
}

TEST(Database, VacuumIntoWritesNoFile) {
  testing::TempFolder folder;
  Database database = Database::OpenMemory();
  database.Restrict(Access::kDefinition);
  const std::string path = folder.File("stolen.db");
  EXPECT_NE(MessageOf([&] { database.Execute("VACUUM INTO '" + path + "'"); }), "no error");
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Database, DataAccessAllowsWhatTablesDoByThemselves) {
  Database database = Database::OpenMemory();
  database.Execute(
      "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, x);"
      "CREATE TABLE b (x);"
      "CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO b VALUES (new.x); END;"
      "CREATE VIEW v AS SELECT value FROM b, json_each(b.x)");
  database.Restrict(Access::kData);
  database.Execute("INSERT INTO a (x) VALUES ('[1, 2]'); INSERT INTO a (x) VALUES ('[3]')");
  EXPECT_EQ(Count(database, "v"), 3);
}

TEST(Database, TransactionsEndByThemselvesOnSomeErrors) {
  Database database = Database::OpenMemory();
  database.Execute("CREATE TABLE t (x INTEGER PRIMARY KEY); BEGIN; INSERT INTO t VALUES (1)");
  EXPECT_TRUE(database.in_transaction());
  EXPECT_THROW(database.Execute("INSERT INTO t VALUES (1)"), Error);
  EXPECT_TRUE(database.in_transaction());
  EXPECT_THROW(database.Execute("INSERT OR ROLLBACK INTO t VALUES (1)"), Error);
  EXPECT_FALSE(database.in_transaction());
}

TEST(Database, StatementsOfBeforeSurviveARestriction) {
  Database database = Database::OpenMemory();
  Statement begin = database.Prepare("BEGIN");
  Statement rollback = database.Prepare("ROLLBACK");
  database.Restrict(Access::kData);
  for (int i = 0; i < 3; ++i) {
    EXPECT_NO_THROW(begin.Run());
    EXPECT_NO_THROW(rollback.Run());
  }
}

TEST(Database, EndlessStatementsEnd) {
  Database database = Database::OpenMemory();
  database.LimitSteps(1'000'000);
  Statement endless = database.Prepare(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n");
  EXPECT_EQ(endless.TryStep(), StepResult::kFailed);
  endless.Reset();
  database.LimitSteps(1'000'000);
  EXPECT_NO_THROW(database.Execute("SELECT 1"));
  database.LimitSteps(0);
  EXPECT_NO_THROW(database.Execute(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) "
      "SELECT max(i) FROM n"));
}

TEST(Database, DeferredForeignKeysAreSeenBeforeTheCommit) {
  Database database = Database::OpenMemory();
  database.Execute(
      "CREATE TABLE p (id INTEGER PRIMARY KEY);"
      "CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED); BEGIN;");
  EXPECT_FALSE(database.has_deferred_violations());
  database.Execute("INSERT INTO c VALUES (1)");
  EXPECT_TRUE(database.has_deferred_violations());
  database.Execute("INSERT INTO p VALUES (1)");
  EXPECT_FALSE(database.has_deferred_violations());
}

}  // namespace
}  // namespace kedge::db
