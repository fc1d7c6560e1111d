#include "harness/store/schema.h"

#include <cstdint>
#include <filesystem>
#include <string>

#include "harness/core/error.h"
#include "harness/db/transaction.h"
#include "harness/store/audit.h"

namespace kedge::store {
namespace {

constexpr std::int64_t kApplicationId = 0x6B656467;  // "kedg"
constexpr std::int64_t kSchemaVersion = 3;

constexpr const char* kVersion1 = R"sql(
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

// From version 1: evidence by candidate, sealed sets, strategies and champions, the audit chain.
constexpr const char* kVersion2 = R"sql(
CREATE INDEX verdict_by_digest ON verdict(digest);
CREATE INDEX verdict_by_pair ON verdict(champion_hash, candidate_hash);
ALTER TABLE ledger_entry ADD COLUMN agent TEXT;
ALTER TABLE ledger_entry ADD COLUMN verdict_digest TEXT;
UPDATE ledger_entry SET verdict_digest = (
  SELECT v.digest FROM verdict AS v JOIN ledger_season AS s ON s.id = ledger_entry.season
  WHERE v.candidate_hash = ledger_entry.candidate_hash AND v.champion_hash = s.champion_hash
    AND v.suite = s.suite AND json_valid(v.document)
    AND json_extract(v.document, '$.policy_digest') = s.policy_digest
  ORDER BY v.id DESC LIMIT 1)
WHERE promoted IS NOT NULL;
CREATE TABLE evidence(
  season INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  number INTEGER NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY(season, entry, number),
  FOREIGN KEY(season, entry) REFERENCES ledger_entry(season, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE vault(
  suite_digest TEXT NOT NULL PRIMARY KEY,
  suite TEXT NOT NULL,
  tasks INTEGER NOT NULL,
  margin REAL NOT NULL,
  alpha REAL NOT NULL,
  queries INTEGER NOT NULL,
  fails INTEGER NOT NULL,
  opened_unix_nanos INTEGER NOT NULL
) STRICT;
CREATE TABLE vault_query(
  vault TEXT NOT NULL REFERENCES vault(suite_digest),
  number INTEGER NOT NULL,
  champion_hash TEXT NOT NULL,
  candidate_hash TEXT NOT NULL,
  asked_unix_nanos INTEGER NOT NULL,
  passed INTEGER CHECK(passed IN (0, 1)),
  answered_unix_nanos INTEGER,
  PRIMARY KEY(vault, number),
  UNIQUE(vault, champion_hash, candidate_hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE strategy(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  unix_nanos INTEGER NOT NULL,
  hash TEXT NOT NULL,
  files_digest TEXT NOT NULL,
  files TEXT NOT NULL,
  UNIQUE(hash, files_digest)
) STRICT;
CREATE TABLE champion_change(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  unix_nanos INTEGER NOT NULL,
  scope TEXT NOT NULL,
  action TEXT NOT NULL CHECK(action IN ('adopt', 'promote', 'rollback')),
  from_hash TEXT NOT NULL,
  to_hash TEXT NOT NULL,
  files_digest TEXT NOT NULL,
  verdict_digest TEXT NOT NULL,
  approved_by TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;
CREATE INDEX champion_change_by_scope ON champion_change(scope, id);
CREATE TABLE audit(
  id INTEGER PRIMARY KEY,
  unix_nanos INTEGER NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  key TEXT NOT NULL,
  row_digest TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
)sql";

// From version 2: a champion may be a tested candidate with its validation written in. NULL where
// it is the tested one itself.
constexpr const char* kVersion3 = "ALTER TABLE champion_change ADD COLUMN tested_hash TEXT";

std::int64_t ReadNumber(db::Database& database, const char* sql) {
  db::Statement statement = database.Prepare(sql);
  return statement.Step() ? statement.Int(0) : 0;
}

// The file's schema version, 0 for an empty database; what is not a kedge store is refused.
std::int64_t SchemaVersion(db::Database& database, const std::string& path) {
  const std::int64_t application = ReadNumber(database, "PRAGMA application_id");
  const std::int64_t version = ReadNumber(database, "PRAGMA user_version");
  const std::int64_t objects = ReadNumber(database, "SELECT count(*) FROM sqlite_schema");
  if (application == 0 && version == 0 && objects == 0) return 0;
  if (application != kApplicationId) {
    throw BadData("this is a SQLite file of another program, not a kedge store").At(path);
  }
  if (version < 1 || version > kSchemaVersion) {
    throw BadData("the store has schema version " + std::to_string(version) +
                  ", this kedge knows 1 to " + std::to_string(kSchemaVersion) +
                  "; use a newer kedge")
        .At(path);
  }
  return version;
}

// Looks before anything is written: opening for writing would switch a foreign file to WAL.
void CheckExistingFile(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error) || std::filesystem::is_empty(path, error)) return;
  db::OpenOptions options;
  options.read_only = true;
  db::Database database = db::Database::OpenFile(path, options);
  SchemaVersion(database, path);
}

void Upgrade(db::Database& database, std::int64_t version, std::int64_t unix_nanos) {
  if (version < 1) {
    database.Execute(kVersion1);
    database.Execute("PRAGMA application_id = " + std::to_string(kApplicationId));
  }
  if (version < 2) {
    database.Execute(kVersion2);
    RecordAllInAudit(database, "upgrade", unix_nanos);
  }
  if (version < 3) database.Execute(kVersion3);
  database.Execute("PRAGMA user_version = " + std::to_string(kSchemaVersion));
}

}  // namespace

db::Database OpenStoreFile(const std::string& path, std::int64_t unix_nanos) {
  CheckExistingFile(path);
  db::Database database = db::Database::OpenFile(path);
  if (SchemaVersion(database, path) == kSchemaVersion) return database;
  db::Transaction transaction(database);
  // Another process may have made the tables while this one waited for the lock.
  const std::int64_t version = SchemaVersion(database, path);
  if (version < kSchemaVersion) Upgrade(database, version, unix_nanos);
  transaction.Commit();
  return database;
}

}  // namespace kedge::store
