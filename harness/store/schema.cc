#include "harness/store/schema.h"

#include <cstdint>
#include <filesystem>
#include <string>

#include "harness/core/error.h"
#include "harness/db/transaction.h"

namespace kedge::store {
namespace {

constexpr std::int64_t kApplicationId = 0x6B656467;  // "kedg"
constexpr std::int64_t kSchemaVersion = 1;

constexpr const char* kSchema = R"sql(
CREATE TABLE verdict(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  unix_nanos INTEGER NOT NULL,
  suite TEXT NOT NULL,
  champion_hash TEXT NOT NULL,
  candidate_hash TEXT NOT NULL,
  verdict TEXT NOT NULL,
  digest TEXT NOT NULL,
  document TEXT NOT NULL
) STRICT;
CREATE TABLE run(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  unix_nanos INTEGER NOT NULL,
  suite TEXT NOT NULL,
  strategy_hash TEXT NOT NULL,
  episodes INTEGER NOT NULL,
  successes INTEGER NOT NULL,
  missing INTEGER NOT NULL,
  seconds REAL NOT NULL
) STRICT;
CREATE TABLE ledger_season(
  id INTEGER PRIMARY KEY,
  suite TEXT NOT NULL,
  suite_digest TEXT NOT NULL,
  champion_hash TEXT NOT NULL,
  policy_digest TEXT NOT NULL,
  fdr REAL NOT NULL,
  size INTEGER NOT NULL,
  alpha_cap REAL NOT NULL,
  opened_unix_nanos INTEGER NOT NULL,
  UNIQUE(suite, suite_digest, champion_hash, policy_digest)
) STRICT;
CREATE TABLE ledger_entry(
  season INTEGER NOT NULL REFERENCES ledger_season(id),
  number INTEGER NOT NULL,
  candidate_hash TEXT NOT NULL,
  alpha REAL NOT NULL,
  reserved_unix_nanos INTEGER NOT NULL,
  promoted INTEGER CHECK(promoted IN (0, 1)),
  settled_unix_nanos INTEGER,
  PRIMARY KEY(season, number),
  UNIQUE(season, candidate_hash)
) STRICT, WITHOUT ROWID;
)sql";

std::int64_t ReadNumber(db::Database& database, const char* sql) {
  db::Statement statement = database.Prepare(sql);
  return statement.Step() ? statement.Int(0) : 0;
}

// True for a store of this version, false for an empty database; all else is refused.
bool HasSchema(db::Database& database, const std::string& path) {
  const std::int64_t application = ReadNumber(database, "PRAGMA application_id");
  const std::int64_t version = ReadNumber(database, "PRAGMA user_version");
  const std::int64_t objects = ReadNumber(database, "SELECT count(*) FROM sqlite_schema");
  if (application == 0 && version == 0 && objects == 0) return false;
  if (application != kApplicationId) {
    throw BadData("this is a SQLite file of another program, not a kedge store").At(path);
  }
  if (version > kSchemaVersion) {
    throw BadData("the store has schema version " + std::to_string(version) +
                  ", this kedge knows up to " + std::to_string(kSchemaVersion) +
                  "; use a newer kedge")
        .At(path);
  }
  return true;
}

// Looks before anything is written: opening for writing would switch a foreign file to WAL.
void CheckExistingFile(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error) || std::filesystem::is_empty(path, error)) return;
  db::OpenOptions options;
  options.read_only = true;
  db::Database database = db::Database::OpenFile(path, options);
  HasSchema(database, path);
}

}  // namespace

db::Database OpenStoreFile(const std::string& path) {
  CheckExistingFile(path);
  db::Database database = db::Database::OpenFile(path);
  if (HasSchema(database, path)) return database;
  db::Transaction transaction(database);
  // Another process may have made the tables while this one waited for the lock.
  if (!HasSchema(database, path)) {
    database.Execute(kSchema);
    database.Execute("PRAGMA application_id = " + std::to_string(kApplicationId));
    database.Execute("PRAGMA user_version = " + std::to_string(kSchemaVersion));
  }
  transaction.Commit();
  return database;
}

}  // namespace kedge::store
