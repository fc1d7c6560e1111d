#include "harness/store/vault_budget.h"

#include <utility>

#include "harness/core/error.h"
#include "harness/db/transaction.h"
#include "harness/store/audit.h"

namespace kedge::store {
namespace {

constexpr const char* kSelectAccount =
    "SELECT suite, suite_digest, tasks, margin, alpha, queries, fails,"
    " (SELECT count(*) FROM vault_query WHERE vault = suite_digest),"
    " (SELECT count(*) FROM vault_query WHERE vault = suite_digest AND passed IS NULL),"
    " (SELECT count(*) FROM vault_query WHERE vault = suite_digest AND passed = 0)"
    " FROM vault";

VaultAccount ReadAccount(const db::Statement& statement) {
  VaultAccount account;
  account.terms.suite = statement.Text(0);
  account.terms.suite_digest = statement.Text(1);
  account.terms.tasks = statement.Int(2);
  account.terms.margin = statement.Double(3);
  account.terms.alpha = statement.Double(4);
  account.terms.queries = statement.Int(5);
  account.terms.fails = statement.Int(6);
  account.asked = statement.Int(7);
  account.open = statement.Int(8);
  account.failed = statement.Int(9);
  return account;
}

void CheckTerms(const VaultTerms& terms) {
  if (terms.tasks < 1 || terms.queries < 1 || terms.fails < 1 || terms.fails > terms.queries ||
      !(terms.margin > 0 && terms.margin <= 1) || !(terms.alpha > 0 && terms.alpha < 1)) {
    throw UsageError(
        "a vault needs tasks, a margin in (0, 1], an alpha in (0, 1), and a budget of at least one "
        "question and one failed answer");
  }
}

bool SameTerms(const VaultTerms& a, const VaultTerms& b) {
  return a.tasks == b.tasks && a.margin == b.margin && a.alpha == b.alpha &&
         a.queries == b.queries && a.fails == b.fails;
}

class SqliteVaultLedger : public VaultLedger {
 public:
  SqliteVaultLedger(db::Database& database, const Clock& clock)
      : database_(database), clock_(clock) {}

  std::optional<VaultQuery> Ask(const VaultTerms& terms, const std::string& champion_hash,
                                const std::string& candidate_hash) override {
    CheckTerms(terms);
    db::Transaction transaction(database_);
    const VaultAccount account = OpenAccount(terms);
    std::optional<VaultQuery> query = FindQuery(account, champion_hash, candidate_hash);
    if (!query) {
      if (account.asked >= account.terms.queries ||
          account.failed + account.open >= account.terms.fails) {
        return std::nullopt;
      }
      query = AddQuery(account, champion_hash, candidate_hash);
    }
    transaction.Commit();
    return query;
  }

  VaultQuery Answer(const std::string& suite_digest, const std::string& champion_hash,
                    const std::string& candidate_hash, bool passed) override {
    db::Transaction transaction(database_);
    std::optional<VaultQuery> query = Find(suite_digest, champion_hash, candidate_hash);
    if (!query) throw InternalError("the vault was never asked about candidate " + candidate_hash);
    if (!query->passed) {
      database_
          .Prepare(
              "UPDATE vault_query SET passed = ?3, answered_unix_nanos = ?4"
              " WHERE vault = ?1 AND number = ?2")
          .Bind(1, suite_digest)
          .Bind(2, query->number)
          .Bind(3, passed ? 1 : 0)
          .Bind(4, clock_.UnixNanos())
          .Run();
      RecordInAudit(database_, "vault answer", "vault_query", {suite_digest, query->number},
                    clock_.UnixNanos());
      query = Find(suite_digest, champion_hash, candidate_hash);
    }
    transaction.Commit();
    return *query;
  }

  std::vector<VaultAccount> Accounts() override {
    db::Statement statement =
        database_.Prepare(kSelectAccount + std::string(" ORDER BY opened_unix_nanos, rowid"));
    std::vector<VaultAccount> accounts;
    while (statement.Step()) accounts.push_back(ReadAccount(statement));
    return accounts;
  }

 private:
  std::optional<VaultAccount> FindAccount(const std::string& suite_digest) {
    db::Statement statement =
        database_.Prepare(kSelectAccount + std::string(" WHERE suite_digest = ?1"));
    statement.Bind(1, suite_digest);
    if (!statement.Step()) return std::nullopt;
    return ReadAccount(statement);
  }

  VaultAccount OpenAccount(const VaultTerms& terms) {
    if (const std::optional<VaultAccount> account = FindAccount(terms.suite_digest)) {
      if (SameTerms(account->terms, terms)) return *account;
      throw Error(ErrorKind::kNotPermitted,
                  "the vault of suite " + terms.suite +
                      " was opened with another margin, error rate or number of questions; keep "
                      "those, or draw a new vault");
    }
    database_
        .Prepare(
            "INSERT INTO vault(suite_digest, suite, tasks, margin, alpha, queries, fails,"
            " opened_unix_nanos) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
        .Bind(1, terms.suite_digest)
        .Bind(2, terms.suite)
        .Bind(3, terms.tasks)
        .Bind(4, terms.margin)
        .Bind(5, terms.alpha)
        .Bind(6, terms.queries)
        .Bind(7, terms.fails)
        .Bind(8, clock_.UnixNanos())
        .Run();
    RecordInAudit(database_, "vault opened", "vault", {terms.suite_digest}, clock_.UnixNanos());
    return {terms, 0, 0, 0};
  }

  std::optional<VaultQuery> Find(const std::string& suite_digest, const std::string& champion_hash,
                                 const std::string& candidate_hash) {
    const std::optional<VaultAccount> account = FindAccount(suite_digest);
    return account ? FindQuery(*account, champion_hash, candidate_hash) : std::nullopt;
  }

  std::optional<VaultQuery> FindQuery(const VaultAccount& account, const std::string& champion_hash,
                                      const std::string& candidate_hash) {
    db::Statement statement = database_.Prepare(
        "SELECT number, passed FROM vault_query"
        " WHERE vault = ?1 AND champion_hash = ?2 AND candidate_hash = ?3");
    statement.Bind(1, account.terms.suite_digest).Bind(2, champion_hash).Bind(3, candidate_hash);
    if (!statement.Step()) return std::nullopt;
    VaultQuery query = Budget(account);
    query.number = statement.Int(0);
    if (!statement.IsNull(1)) query.passed = statement.Int(1) != 0;
    return query;
  }

  VaultQuery AddQuery(VaultAccount account, const std::string& champion_hash,
                      const std::string& candidate_hash) {
    ++account.asked;
    ++account.open;
    VaultQuery query = Budget(account);
    query.number = account.asked;
    database_
        .Prepare(
            "INSERT INTO vault_query(vault, number, champion_hash, candidate_hash,"
            " asked_unix_nanos) VALUES(?1, ?2, ?3, ?4, ?5)")
        .Bind(1, account.terms.suite_digest)
        .Bind(2, query.number)
        .Bind(3, champion_hash)
        .Bind(4, candidate_hash)
        .Bind(5, clock_.UnixNanos())
        .Run();
    RecordInAudit(database_, "vault question", "vault_query",
                  {account.terms.suite_digest, query.number}, clock_.UnixNanos());
    return query;
  }

  static VaultQuery Budget(const VaultAccount& account) {
    VaultQuery query;
    query.queries_left = account.terms.queries - account.asked;
    query.fails_left = account.terms.fails - account.failed;
    return query;
  }

  db::Database& database_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<VaultLedger> MakeVaultLedger(db::Database& database, const Clock& clock) {
  return std::make_unique<SqliteVaultLedger>(database, clock);
}

}  // namespace kedge::store
