#include "harness/db/change_tracker.h"

#include <gtest/gtest.h>

#include <map>

#include "harness/core/error.h"
#include "harness/core/random.h"

namespace kedge::db {
namespace {

constexpr char kSchema[] =
    "CREATE TABLE plain (id INTEGER PRIMARY KEY, a, b TEXT);"
    "CREATE TABLE named (name TEXT PRIMARY KEY, n INTEGER, note DEFAULT 'd');"
    "CREATE TABLE pairs (x INTEGER, y TEXT, v, PRIMARY KEY (y, x)) WITHOUT ROWID;"
    "CREATE TABLE parent (id INTEGER PRIMARY KEY, k);"
    "CREATE TABLE child (id INTEGER PRIMARY KEY, p REFERENCES parent ON DELETE CASCADE"
    " ON UPDATE CASCADE);"
    "CREATE TABLE log (id INTEGER PRIMARY KEY, t TEXT);"
    "CREATE TRIGGER logs AFTER DELETE ON named BEGIN INSERT INTO log (t) VALUES (old.name); END;"
    "INSERT INTO plain VALUES (1, 10, 'a'), (2, 2.5, 'b'), (3, NULL, 'c'), (4, 'x', 'd');"
    "INSERT INTO named VALUES ('ann', 1, 'd'), ('bob', 2, 'd'), ('cem', 3, 'e');"
    "INSERT INTO pairs VALUES (1, 'p', 1), (1, 'q', 2), (2, 'p', 3);"
    "INSERT INTO parent VALUES (1, 1), (2, 2), (3, 3);"
    "INSERT INTO child VALUES (1, 1), (2, 1), (3, 2);";

std::vector<TrackedTable> Tables(Database& database) {
  std::vector<TrackedTable> tables;
  for (const std::string& name : TableNames(database)) {
    tables.push_back(DescribeTable(database, name));
  }
  return tables;
}

// Every row of every table by table and key, read the slow way.
using Dump = std::map<std::pair<std::size_t, Json>, Json>;

Dump DumpAll(Database& database, const std::vector<TrackedTable>& tables) {
  Dump dump;
  for (std::size_t t = 0; t < tables.size(); ++t) {
    Statement query = database.Prepare("SELECT * FROM " + tables[t].name);
    while (query.Step()) {
      Json row = Json::array();
      Json key = Json::array();
      for (int i = 0; i < query.column_count(); ++i) row.push_back(query.JsonValue(i));
      for (const int column : tables[t].key) key.push_back(row[static_cast<std::size_t>(column)]);
      dump[{t, key}] = row;
    }
  }
  return dump;
}

std::vector<RowDelta> BruteForce(const Dump& before, const Dump& after) {
  std::map<std::pair<std::size_t, Json>, RowDelta> deltas;
  for (const auto& [place, row] : before) {
    deltas[place] = {place.first, place.second, row, std::nullopt};
  }
  for (const auto& [place, row] : after) {
    deltas.try_emplace(place, RowDelta{place.first, place.second, std::nullopt, std::nullopt});
    deltas[place].after = row;
  }
  std::vector<RowDelta> changed;
  for (auto& [place, delta] : deltas) {
    if (delta.before != delta.after) changed.push_back(std::move(delta));
  }
  return changed;
}

std::string Text(const std::vector<RowDelta>& deltas) {
  std::string text;
  for (const RowDelta& delta : deltas) {
    text += std::to_string(delta.table) + DumpJson(delta.key) + " " +
            (delta.before ? DumpJson(*delta.before) : "-") + " " +
            (delta.after ? DumpJson(*delta.after) : "-") + "\n";
  }
  return text;
}

std::string RandomStatement(Random& random) {
  const auto id = [&] { return std::to_string(1 + random.Below(5)); };
  const auto name = [&] {
    static const char* const kNames[] = {"'ann'", "'bob'", "'cem'", "'dan'", "'Ann'"};
    return std::string(kNames[random.Below(5)]);
  };
  const auto value = [&] {
    static const char* const kValues[] = {"1", "10", "2.5", "NULL", "'x'", "x'00ff'", "1.0"};
    return std::string(kValues[random.Below(7)]);
  };
  switch (random.Below(15)) {
    case 0:
      return "INSERT OR IGNORE INTO plain VALUES (" + id() + ", " + value() + ", 'n')";
    case 1:
      return "INSERT OR REPLACE INTO plain VALUES (" + id() + ", " + value() + ", 'r')";
    case 2:
      return "UPDATE plain SET a = " + value() + " WHERE id <= " + id();
    case 3:
      return "UPDATE OR IGNORE plain SET id = " + id() + " WHERE id = " + id();
    case 4:
      return "DELETE FROM plain";
    case 5:
      return "UPDATE OR REPLACE named SET name = " + name() + " WHERE name = " + name();
    case 6:
      return "DELETE FROM named WHERE name = " + name();
    case 7:
      return "INSERT INTO named (name, n) VALUES (" + name() + ", " + id() +
             ") ON CONFLICT DO UPDATE SET n = n + 1";
    case 8:
      return "UPDATE pairs SET v = " + value() + " WHERE x = " + id();
    case 9:
      return "UPDATE OR REPLACE pairs SET y = 'p' WHERE x = " + id();
    case 10:
      return "DELETE FROM pairs WHERE v > 1";
    case 11:
      return "DELETE FROM parent WHERE id = " + id();
    case 12:
      return "UPDATE OR IGNORE parent SET id = id + 3 WHERE id = " + id();
    case 13:
      return "INSERT OR IGNORE INTO child VALUES (" + id() + ", (SELECT max(id) FROM parent))";
    default:
      return "UPDATE plain SET b = b WHERE id = " + id();
  }
}

TEST(ChangeTracker, AgreesWithComparingWholeTables) {
  Database database = Database::OpenMemory();
  database.Execute(kSchema);
  const std::vector<TrackedTable> tables = Tables(database);
  ChangeTracker tracker(database, tables);
  const Dump before = DumpAll(database, tables);
  Random random(20261122);
  int nonempty = 0;
  for (int round = 0; round < 400; ++round) {
    tracker.Clear();
    database.Execute("BEGIN");
    for (std::uint64_t i = random.Below(9); i > 0; --i) {
      const bool undone = random.Bernoulli(0.25);
      if (undone) database.Execute("SAVEPOINT s");
      database.Execute(RandomStatement(random));
      if (undone) database.Execute("ROLLBACK TO s; RELEASE s");
    }
    const std::vector<RowDelta> expected = BruteForce(before, DumpAll(database, tables));
    nonempty += expected.empty() ? 0 : 1;
    EXPECT_EQ(Text(tracker.Net()), Text(expected)) << "round " << round;
    database.Execute("ROLLBACK");
    EXPECT_TRUE(tracker.Net().empty());
  }
  EXPECT_GT(nonempty, 250);  // the rounds do something
  EXPECT_LT(nonempty, 400);  // and some end where they started
}

TEST(ChangeTracker, CascadesAndTriggersAreSeen) {
  Database database = Database::OpenMemory();
  database.Execute(kSchema);
  ChangeTracker tracker(database, Tables(database));
  database.Execute("DELETE FROM parent WHERE id = 1; DELETE FROM named WHERE name = 'ann'");
  std::map<std::string, int> changes;
  for (const RowDelta& delta : tracker.Net()) ++changes[tracker.tables()[delta.table].name];
  EXPECT_EQ(changes,
            (std::map<std::string, int>{{"child", 2}, {"log", 1}, {"named", 1}, {"parent", 1}}));
}

TEST(ChangeTracker, KeysThatACollationTakesForEqualAreDifferentRows) {
  Database database = Database::OpenMemory();
  database.Execute(
      "CREATE TABLE t (k TEXT PRIMARY KEY COLLATE NOCASE, v); INSERT INTO t VALUES ('a', 1)");
  ChangeTracker tracker(database, Tables(database));
  database.Execute("UPDATE t SET k = 'A'");
  EXPECT_EQ(Text(tracker.Net()), "0[\"A\"] - [\"A\",1]\n0[\"a\"] [\"a\",1] -\n");
}

TEST(ChangeTracker, KeysThatCannotBeFollowedAreReported) {
  Database database = Database::OpenMemory();
  database.Execute("CREATE TABLE t (k TEXT PRIMARY KEY)");
  ChangeTracker tracker(database, Tables(database));
  database.Execute("INSERT INTO t VALUES ('x')");
  EXPECT_FALSE(tracker.TakeUnusableKey());
  database.Execute("INSERT INTO t VALUES (NULL)");
  EXPECT_TRUE(tracker.TakeUnusableKey());
  EXPECT_FALSE(tracker.TakeUnusableKey());
  database.Execute("INSERT INTO t VALUES (x'00')");
  EXPECT_TRUE(tracker.TakeUnusableKey());
}

TEST(ChangeTracker, OtherTablesAreNotFollowed) {
  Database database = Database::OpenMemory();
  database.Execute("CREATE TABLE t (k INTEGER PRIMARY KEY); CREATE TABLE u (x)");
  ChangeTracker tracker(database, {DescribeTable(database, "t")});
  database.Execute("INSERT INTO u VALUES (1)");
  EXPECT_TRUE(tracker.Net().empty());
}

TEST(DescribeTable, RefusesWhatCannotBeFollowed) {
  Database database = Database::OpenMemory();
  database.Execute(
      "CREATE TABLE nokey (x); CREATE TABLE gen (k INTEGER PRIMARY KEY, g AS (k + 1));"
      "CREATE TABLE stored (k INTEGER PRIMARY KEY, g AS (k + 1) STORED);"
      "CREATE VIEW seen AS SELECT 1 AS a");
  for (const char* name : {"nokey", "gen", "stored", "seen", "absent"}) {
    EXPECT_THROW(DescribeTable(database, name), Error) << name;
  }
  EXPECT_EQ(TableNames(database), (std::vector<std::string>{"gen", "nokey", "stored"}));
}

}  // namespace
}  // namespace kedge::db
