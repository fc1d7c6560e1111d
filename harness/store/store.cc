#include "harness/store/store.h"

#include <utility>

#include "harness/core/error.h"
#include "harness/db/database.h"
#include "harness/db/transaction.h"
#include "harness/store/audit.h"
#include "harness/store/champions.h"
#include "harness/store/ledger.h"
#include "harness/store/schema.h"
#include "harness/store/vault_budget.h"

namespace kedge::store {
namespace {

constexpr const char* kSelectVerdict =
    "SELECT id, unix_nanos, suite, champion_hash, candidate_hash, verdict, digest, document"
    " FROM verdict";

class SqliteStore : public Store, private AuditLog {
 public:
  SqliteStore(const std::string& path, const Clock& clock)
      : path_(path),
        clock_(clock),
        database_(OpenStoreFile(path, clock.UnixNanos())),
        vaults_(MakeVaultLedger(database_, clock)),
        registry_(MakeRegistry(database_, clock)) {}

  std::int64_t AddVerdict(const VerdictRow& row) override;
  std::vector<VerdictRow> Verdicts(std::int64_t limit) override;
  std::optional<VerdictRow> FindVerdict(const std::string& digest) override;
  std::optional<VerdictRow> NewestVerdictOf(const std::string& candidate_hash) override;
  std::int64_t AddRun(const RunRow& row) override;
  std::vector<RunRow> Runs(std::int64_t limit) override;
  std::optional<Reservation> Reserve(const LedgerKey& key, const std::string& candidate_hash,
                                     const std::string& agent, double fdr, std::int64_t season_size,
                                     double alpha_cap) override {
    return ReserveInLedger(database_, key, candidate_hash, agent, {fdr, season_size, alpha_cap},
                           clock_.UnixNanos());
  }
  void Settle(const LedgerKey& key, const std::string& candidate_hash,
              const Settlement& settlement) override {
    SettleInLedger(database_, key, candidate_hash, settlement, clock_.UnixNanos());
  }
  std::vector<Json> Evidence(const LedgerKey& key, const std::string& candidate_hash) override {
    return EvidenceInLedger(database_, key, candidate_hash);
  }
  void AddEvidence(const LedgerKey& key, const std::string& candidate_hash, std::int64_t number,
                   const Json& document) override {
    AddEvidenceToLedger(database_, key, candidate_hash, number, document, clock_.UnixNanos());
  }
  std::vector<std::string> Candidates(const LedgerKey& key) override {
    return CandidatesInLedger(database_, key);
  }
  std::vector<SeasonAccount> Seasons() override { return SeasonsOfLedger(database_); }

  VaultLedger& vaults() override { return *vaults_; }
  Registry& registry() override { return *registry_; }
  AuditLog& audit() override { return *this; }

  std::string Head() override { return AuditHead(database_); }
  std::vector<AuditEntry> Entries(std::int64_t limit) override {
    return AuditEntries(database_, limit);
  }
  AuditReport Verify(const std::string& known_head) override {
    return VerifyAudit(database_, known_head);
  }

 private:
  std::int64_t RecordAndCommit(db::Transaction& transaction, const std::string& table);
  VerdictRow ReadVerdict(const db::Statement& statement) const;
  std::int64_t TimeOf(std::int64_t given) const { return given != 0 ? given : clock_.UnixNanos(); }

  std::string path_;
  const Clock& clock_;
  db::Database database_;
  std::unique_ptr<VaultLedger> vaults_;
  std::unique_ptr<Registry> registry_;
};

// The id of the row that was just inserted into `table`, which is also the action's name.
std::int64_t SqliteStore::RecordAndCommit(db::Transaction& transaction, const std::string& table) {
  const std::int64_t id = database_.last_insert_rowid();
  RecordInAudit(database_, table, table, {id}, clock_.UnixNanos());
  transaction.Commit();
  return id;
}

std::int64_t SqliteStore::AddVerdict(const VerdictRow& row) {
  db::Transaction transaction(database_);
  database_
      .Prepare(
          "INSERT INTO verdict(unix_nanos, suite, champion_hash, candidate_hash, verdict, digest,"
          " document) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")
      .Bind(1, TimeOf(row.unix_nanos))
      .Bind(2, row.suite)
      .Bind(3, row.champion_hash)
      .Bind(4, row.candidate_hash)
      .Bind(5, row.verdict)
      .Bind(6, row.digest)
      .Bind(7, DumpJson(row.document))
      .Run();
  return RecordAndCommit(transaction, "verdict");
}

VerdictRow SqliteStore::ReadVerdict(const db::Statement& statement) const {
  VerdictRow row;
  row.id = statement.Int(0);
  row.unix_nanos = statement.Int(1);
  row.suite = statement.Text(2);
  row.champion_hash = statement.Text(3);
  row.candidate_hash = statement.Text(4);
  row.verdict = statement.Text(5);
  row.digest = statement.Text(6);
  row.document = ParseJson(statement.Text(7), path_);
  return row;
}

std::vector<VerdictRow> SqliteStore::Verdicts(std::int64_t limit) {
  db::Statement statement =
      database_.Prepare(kSelectVerdict + std::string(" ORDER BY id DESC LIMIT ?1"));
  statement.Bind(1, limit);
  std::vector<VerdictRow> rows;
  while (statement.Step()) rows.push_back(ReadVerdict(statement));
  return rows;
}

std::optional<VerdictRow> SqliteStore::FindVerdict(const std::string& digest) {
  db::Statement statement =
      database_.Prepare(kSelectVerdict + std::string(" WHERE digest = ?1 ORDER BY id LIMIT 1"));
  statement.Bind(1, digest);
  if (!statement.Step()) return std::nullopt;
  return ReadVerdict(statement);
}

std::optional<VerdictRow> SqliteStore::NewestVerdictOf(const std::string& candidate_hash) {
  db::Statement statement = database_.Prepare(
      kSelectVerdict + std::string(" WHERE candidate_hash = ?1 ORDER BY id DESC LIMIT 1"));
  statement.Bind(1, candidate_hash);
  if (!statement.Step()) return std::nullopt;
  return ReadVerdict(statement);
}

std::int64_t SqliteStore::AddRun(const RunRow& row) {
  db::Transaction transaction(database_);
  database_
      .Prepare(
          "INSERT INTO run(unix_nanos, suite, strategy_hash, episodes, successes, missing, seconds)"
          " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")
      .Bind(1, TimeOf(row.unix_nanos))
      .Bind(2, row.suite)
      .Bind(3, row.strategy_hash)
      .Bind(4, row.episodes)
      .Bind(5, row.successes)
      .Bind(6, row.missing)
      .Bind(7, row.seconds)
      .Run();
  return RecordAndCommit(transaction, "run");
}

std::vector<RunRow> SqliteStore::Runs(std::int64_t limit) {
  db::Statement statement = database_.Prepare(
      "SELECT id, unix_nanos, suite, strategy_hash, episodes, successes, missing, seconds"
      " FROM run ORDER BY id DESC LIMIT ?1");
  statement.Bind(1, limit);
  std::vector<RunRow> rows;
  while (statement.Step()) {
    RunRow& row = rows.emplace_back();
    row.id = statement.Int(0);
    row.unix_nanos = statement.Int(1);
    row.suite = statement.Text(2);
    row.strategy_hash = statement.Text(3);
    row.episodes = statement.Int(4);
    row.successes = statement.Int(5);
    row.missing = statement.Int(6);
    row.seconds = statement.Double(7);
  }
  return rows;
}

}  // namespace

std::unique_ptr<Store> Store::Open(const std::string& path, const Clock& clock) {
  return std::make_unique<SqliteStore>(path, clock);
}

}  // namespace kedge::store
