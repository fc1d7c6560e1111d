#include "harness/store/audit.h"

#include <iterator>
#include <map>
#include <utility>

#include "harness/core/digest.h"
#include "harness/core/error.h"

namespace kedge::store {
namespace {

struct AuditedTable {
  std::string name;
  std::vector<std::string> key;
};

const std::vector<AuditedTable>& AuditedTables() {
  static const std::vector<AuditedTable> tables = {
      {"verdict", {"id"}},
      {"run", {"id"}},
      {"strategy", {"id"}},
      {"ledger_season", {"id"}},
      {"ledger_entry", {"season", "number"}},
      {"evidence", {"season", "entry", "number"}},
      {"vault", {"suite_digest"}},
      {"vault_query", {"vault", "number"}},
      {"champion_change", {"id"}},
  };
  return tables;
}

const AuditedTable& TableNamed(const std::string& name) {
  for (const AuditedTable& table : AuditedTables()) {
    if (table.name == name) return table;
  }
  throw InternalError("table " + name + " has no audit log");
}

std::string KeyText(const Json& key) {
  std::string text;
  for (const Json& part : key) {
    if (!text.empty()) text += '/';
    text += part.is_string() ? part.get<std::string>() : DumpJson(part);
  }
  return text;
}

Json KeyOf(const AuditedTable& table, const Json& row) {
  Json key = Json::array();
  for (const std::string& column : table.key) key.push_back(row.value(column, Json()));
  return key;
}

// Absent columns count as NULL, so that a column that a later version adds does not change what an
// old row hashes to.
std::string RowDigest(Json row) {
  for (auto it = row.begin(); it != row.end();) it = it->is_null() ? row.erase(it) : std::next(it);
  return Sha256Hex(DumpJson(row));
}

std::string EntryHash(const std::string& previous, const AuditEntry& entry) {
  return Sha256Hex(previous + "\n" +
                   DumpJson(Json{{"id", entry.id},
                                 {"unix_nanos", entry.unix_nanos},
                                 {"action", entry.action},
                                 {"subject", entry.subject},
                                 {"key", entry.key},
                                 {"row_digest", entry.row_digest}}));
}

AuditEntry ReadEntry(const db::Statement& statement) {
  AuditEntry entry;
  entry.id = statement.Int(0);
  entry.unix_nanos = statement.Int(1);
  entry.action = statement.Text(2);
  entry.subject = statement.Text(3);
  entry.key = statement.Text(4);
  entry.row_digest = statement.Text(5);
  entry.hash = statement.Text(6);
  return entry;
}

constexpr const char* kSelectEntry =
    "SELECT id, unix_nanos, action, subject, key, row_digest, hash FROM audit";

std::pair<std::int64_t, std::string> NewestEntry(db::Database& database) {
  db::Statement statement = database.Prepare("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1");
  if (!statement.Step()) return {0, ""};
  return {statement.Int(0), std::string(statement.Text(1))};
}

void Append(db::Database& database, const std::string& action, const AuditedTable& table,
            const Json& row, std::int64_t unix_nanos) {
  const auto [last, previous] = NewestEntry(database);
  AuditEntry entry{last + 1,       unix_nanos, action, table.name, KeyText(KeyOf(table, row)),
                   RowDigest(row), {}};
  entry.hash = EntryHash(previous, entry);
  database
      .Prepare(
          "INSERT INTO audit(id, unix_nanos, action, subject, key, row_digest, hash)"
          " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")
      .Bind(1, entry.id)
      .Bind(2, entry.unix_nanos)
      .Bind(3, entry.action)
      .Bind(4, entry.subject)
      .Bind(5, entry.key)
      .Bind(6, entry.row_digest)
      .Bind(7, entry.hash)
      .Run();
}

/// One consistent view of the file while others write to it.
class Snapshot {
 public:
  explicit Snapshot(db::Database& database) : database_(database) { database_.Execute("BEGIN"); }
  ~Snapshot() {
    try {
      database_.Execute("ROLLBACK");
    } catch (const Error&) {
      // Nothing was written, so nothing can be lost.
    }
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  db::Database& database_;
};

/// Recomputes a chain entry by entry and remembers what each row should look like.
class Verifier {
 public:
  explicit Verifier(db::Database& database) : database_(database) {}

  AuditReport Run(const std::string& known_head) {
    ReadChain(known_head);
    if (!known_head.empty() && !known_head_seen_) {
      Find("audit: the head " + known_head +
           " is not in the chain; entries were removed or all "
           "of it was written anew");
    }
    for (const AuditedTable& table : AuditedTables()) CompareTable(table);
    for (const auto& [row, digest] : expected_) {
      Find(row.first + " " + row.second + ": the row is gone");
    }
    return std::move(report_);
  }

 private:
  static constexpr std::size_t kMaxFindings = 50;

  void Find(std::string finding) {
    ++report_.problems;
    if (report_.findings.size() < kMaxFindings) report_.findings.push_back(std::move(finding));
  }

  void ReadChain(const std::string& known_head) {
    db::Statement statement = database_.Prepare(kSelectEntry + std::string(" ORDER BY id"));
    std::string previous;
    while (statement.Step()) {
      AuditEntry entry = ReadEntry(statement);
      ++report_.entries;
      if (entry.id != report_.entries) {
        Find("audit " + std::to_string(report_.entries) + ": the entry is gone");
        report_.entries = entry.id;
      }
      if (EntryHash(previous, entry) != entry.hash) {
        Find("audit " + std::to_string(entry.id) + ": the entry was changed, or one before it");
      }
      known_head_seen_ = known_head_seen_ || entry.hash == known_head;
      expected_[{entry.subject, entry.key}] = entry.row_digest;
      previous = std::move(entry.hash);
    }
    report_.head = previous;
  }

  void CompareTable(const AuditedTable& table) {
    db::Statement statement = database_.Prepare("SELECT * FROM " + table.name);
    while (statement.Step()) {
      ++report_.rows;
      const Json row = db::RowAsJson(statement);
      const std::string key = KeyText(KeyOf(table, row));
      const auto expected = expected_.find({table.name, key});
      if (expected == expected_.end()) {
        Find(table.name + " " + key + ": the row is not in the audit log");
        continue;
      }
      if (RowDigest(row) != expected->second) {
        Find(table.name + " " + key + ": the row was changed");
      }
      expected_.erase(expected);
    }
  }

  db::Database& database_;
  AuditReport report_;
  bool known_head_seen_ = false;
  std::map<std::pair<std::string, std::string>, std::string> expected_;  // digest by table and key
};

}  // namespace

void RecordInAudit(db::Database& database, const std::string& action, const std::string& table,
                   const Json& key, std::int64_t unix_nanos) {
  const AuditedTable& audited = TableNamed(table);
  std::string condition;
  for (std::size_t i = 0; i < audited.key.size(); ++i) {
    condition += (i == 0 ? " WHERE " : " AND ") + audited.key[i] + " = ?" + std::to_string(i + 1);
  }
  db::Statement statement = database.Prepare("SELECT * FROM " + table + condition);
  for (std::size_t i = 0; i < key.size(); ++i) {
    statement.BindJson(static_cast<int>(i) + 1, key[i]);
  }
  if (!statement.Step()) {
    throw InternalError("there is no row " + KeyText(key) + " in " + table + " to be recorded");
  }
  Append(database, action, audited, db::RowAsJson(statement), unix_nanos);
}

void RecordAllInAudit(db::Database& database, const std::string& action, std::int64_t unix_nanos) {
  for (const AuditedTable& table : AuditedTables()) {
    db::Statement statement = database.Prepare("SELECT * FROM " + table.name);
    while (statement.Step()) {
      Append(database, action, table, db::RowAsJson(statement), unix_nanos);
    }
  }
}

std::string AuditHead(db::Database& database) { return NewestEntry(database).second; }

std::vector<AuditEntry> AuditEntries(db::Database& database, std::int64_t limit) {
  db::Statement statement =
      database.Prepare(kSelectEntry + std::string(" ORDER BY id DESC LIMIT ?1"));
  statement.Bind(1, limit);
  std::vector<AuditEntry> entries;
  while (statement.Step()) entries.push_back(ReadEntry(statement));
  return entries;
}

AuditReport VerifyAudit(db::Database& database, const std::string& known_head) {
  const Snapshot snapshot(database);
  return Verifier(database).Run(known_head);
}

}  // namespace kedge::store
