#include "harness/store/champions.h"

#include <utility>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/db/transaction.h"
#include "harness/store/audit.h"

namespace kedge::store {
namespace {

constexpr std::size_t kMaxText = 4096;

constexpr const char* kSelectChange =
    "SELECT id, unix_nanos, scope, action, from_hash, to_hash, files_digest, verdict_digest,"
    " approved_by, reason, tested_hash FROM champion_change";

ChampionChange ReadChange(const db::Statement& statement) {
  ChampionChange change;
  change.id = statement.Int(0);
  change.unix_nanos = statement.Int(1);
  change.scope = statement.Text(2);
  change.action = statement.Text(3);
  change.from_hash = statement.Text(4);
  change.to_hash = statement.Text(5);
  change.files_digest = statement.Text(6);
  change.verdict_digest = statement.Text(7);
  change.approved_by = statement.Text(8);
  change.reason = statement.Text(9);
  change.tested_hash = statement.Text(10);
  return change;
}

void RequireText(const std::string& text, const char* what) {
  if (text.empty() || text.size() > kMaxText) {
    throw UsageError(std::string(what) + ": expected a text of 1 to " + std::to_string(kMaxText) +
                     " bytes");
  }
}

Error NotPermitted(std::string message) {
  return Error(ErrorKind::kNotPermitted, std::move(message));
}

struct FoundVerdict {
  std::string verdict;
  std::string digest;
};

class SqliteRegistry : public Registry {
 public:
  SqliteRegistry(db::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  std::optional<ChampionChange> Champion(const std::string& scope) override {
    std::vector<ChampionChange> newest = Changes(scope, 1);
    if (scope.empty() || newest.empty()) return std::nullopt;
    return std::move(newest.front());
  }

  std::vector<ChampionChange> Changes(const std::string& scope, std::int64_t limit) override {
    db::Statement statement =
        database_.Prepare(kSelectChange + std::string(" WHERE ?1 = '' OR scope = ?1"
                                                      " ORDER BY id DESC LIMIT ?2"));
    statement.Bind(1, scope).Bind(2, limit);
    std::vector<ChampionChange> changes;
    while (statement.Step()) changes.push_back(ReadChange(statement));
    return changes;
  }

  ChampionChange Promote(const PromotionRequest& request) override;
  ChampionChange Before(const std::string& scope) override;
  ChampionChange Rollback(const std::string& scope, const std::string& expected,
                          const std::string& who, const std::string& reason) override;
  void KeepFiles(const std::string& hash, const StrategyFiles& files) override;
  std::optional<StrategyFiles> Files(const std::string& hash,
                                     const std::string& files_digest) override;

 private:
  ChampionChange Add(ChampionChange change);
  std::string RequireChampion(const std::string& scope, const std::string& expected);
  std::string VerdictFor(const PromotionRequest& request);
  std::optional<FoundVerdict> NewestVerdict(const std::string& champion,
                                            const std::string& candidate);
  bool HasPromoted(const std::string& scope, const std::string& verdict_digest);
  std::string NewestFilesDigest(const std::string& hash);

  db::Database& database_;
  const Clock& clock_;
};

ChampionChange SqliteRegistry::Add(ChampionChange change) {
  change.unix_nanos = clock_.UnixNanos();
  database_
      .Prepare(
          "INSERT INTO champion_change(unix_nanos, scope, action, from_hash, to_hash, files_digest,"
          " verdict_digest, approved_by, reason, tested_hash)"
          " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, nullif(?10, ''))")
      .Bind(1, change.unix_nanos)
      .Bind(2, change.scope)
      .Bind(3, change.action)
      .Bind(4, change.from_hash)
      .Bind(5, change.to_hash)
      .Bind(6, change.files_digest)
      .Bind(7, change.verdict_digest)
      .Bind(8, change.approved_by)
      .Bind(9, change.reason)
      .Bind(10, change.tested_hash)
      .Run();
  change.id = database_.last_insert_rowid();
  RecordInAudit(database_, change.action, "champion_change", {change.id}, change.unix_nanos);
  return change;
}

std::optional<FoundVerdict> SqliteRegistry::NewestVerdict(const std::string& champion,
                                                          const std::string& candidate) {
  db::Statement statement = database_.Prepare(
      "SELECT verdict, digest FROM verdict WHERE champion_hash = ?1 AND candidate_hash = ?2"
      " ORDER BY id DESC LIMIT 1");
  statement.Bind(1, champion).Bind(2, candidate);
  if (!statement.Step()) return std::nullopt;
  return FoundVerdict{std::string(statement.Text(0)), std::string(statement.Text(1))};
}

bool SqliteRegistry::HasPromoted(const std::string& scope, const std::string& verdict_digest) {
  db::Statement statement = database_.Prepare(
      "SELECT 1 FROM champion_change WHERE scope = ?1 AND action = 'promote'"
      " AND verdict_digest = ?2");
  return statement.Bind(1, scope).Bind(2, verdict_digest).Step();
}

std::string SqliteRegistry::NewestFilesDigest(const std::string& hash) {
  db::Statement statement = database_.Prepare(
      "SELECT files_digest FROM strategy WHERE hash = ?1 ORDER BY id DESC LIMIT 1");
  statement.Bind(1, hash);
  return statement.Step() ? std::string(statement.Text(0)) : std::string();
}

// The champion's hash, empty when the scope has none; compared before anything is swapped.
std::string SqliteRegistry::RequireChampion(const std::string& scope, const std::string& expected) {
  const std::optional<ChampionChange> champion = Champion(scope);
  if (!champion) return {};
  if (champion->to_hash != expected) {
    throw NotPermitted("the champion of " + scope + " is " + champion->to_hash + ", not " +
                       expected + ": gate the candidate against the present champion");
  }
  return champion->to_hash;
}

// Digest of the verdict that permits the promotion; empty for an override. Throws without either.
std::string SqliteRegistry::VerdictFor(const PromotionRequest& request) {
  const std::optional<FoundVerdict> newest = NewestVerdict(request.expected, request.candidate);
  const bool promote = newest && newest->verdict == "PROMOTE";
  if (newest && !request.verdict_digest.empty() && newest->digest != request.verdict_digest) {
    throw NotPermitted("verdict " + request.verdict_digest +
                       " is not the newest of this champion and candidate; that is " +
                       newest->digest + ", " + newest->verdict);
  }
  if (promote && !HasPromoted(request.scope, newest->digest)) return newest->digest;
  if (newest && newest->verdict == "BLOCK") {
    throw NotPermitted(
        "the newest verdict of this champion and candidate is BLOCK, which nobody "
        "can override: mend the candidate");
  }
  if (!request.approved_by.empty()) {
    RequireText(request.reason, "the reason of an override");
    return {};
  }
  if (promote) {
    throw NotPermitted("verdict " + newest->digest +
                       " promoted this candidate before and it was rolled back: gate a mended one, "
                       "or override with a name and a reason");
  }
  throw NotPermitted(
      (newest ? "the newest verdict of this champion and candidate is " + newest->verdict
              : "no verdict of this champion and candidate is recorded") +
      ": only PROMOTE permits it; otherwise override with a name and a reason");
}

ChampionChange SqliteRegistry::Promote(const PromotionRequest& request) {
  RequireText(request.scope, "the scope");
  RequireText(request.expected, "the champion's hash");
  RequireText(request.candidate, "the candidate's hash");
  if (request.candidate == request.expected) {
    throw UsageError("the candidate is the champion: there is nothing to promote");
  }
  db::Transaction transaction(database_);
  const bool first = RequireChampion(request.scope, request.expected).empty();
  const std::string verdict_digest = VerdictFor(request);
  const bool override = verdict_digest.empty();
  if (override && !request.installed.empty()) {
    throw NotPermitted("without a PROMOTE nothing was measured that could be written down");
  }
  const std::string& installed = request.installed.empty() ? request.candidate : request.installed;
  const std::string files_digest = NewestFilesDigest(installed);
  if (files_digest.empty()) {
    throw Error(ErrorKind::kMissingInput,
                "the store does not have the files of strategy " + installed);
  }
  if (first) {
    Add({0,
         0,
         request.scope,
         "adopt",
         {},
         request.expected,
         NewestFilesDigest(request.expected),
         {},
         {},
         {}});
  }
  ChampionChange change = Add(
      {0, 0, request.scope, "promote", request.expected, installed, files_digest, verdict_digest,
       override ? request.approved_by : std::string(), override ? request.reason : std::string(),
       installed == request.candidate ? std::string() : request.candidate});
  transaction.Commit();
  return change;
}

ChampionChange SqliteRegistry::Before(const std::string& scope) {
  std::vector<ChampionChange> stack;
  std::vector<ChampionChange> changes = Changes(scope, -1);
  for (auto it = changes.rbegin(); it != changes.rend(); ++it) {
    if (it->action != "rollback") {
      stack.push_back(std::move(*it));
    } else if (!stack.empty()) {
      stack.pop_back();
    }
  }
  if (stack.size() < 2) throw NotPermitted("scope " + scope + " had no champion before this one");
  return std::move(stack[stack.size() - 2]);
}

ChampionChange SqliteRegistry::Rollback(const std::string& scope, const std::string& expected,
                                        const std::string& who, const std::string& reason) {
  RequireText(scope, "the scope");
  RequireText(who, "who rolls back");
  RequireText(reason, "the reason of a rollback");
  db::Transaction transaction(database_);
  if (RequireChampion(scope, expected).empty()) {
    throw Error(ErrorKind::kMissingInput, "scope " + scope + " has no champion");
  }
  const ChampionChange before = Before(scope);
  ChampionChange change = Add(
      {0, 0, scope, "rollback", expected, before.to_hash, before.files_digest, {}, who, reason});
  transaction.Commit();
  return change;
}

void SqliteRegistry::KeepFiles(const std::string& hash, const StrategyFiles& files) {
  const Json document = files;
  const std::string digest = JsonDigest(document);
  db::Transaction transaction(database_);
  db::Statement known =
      database_.Prepare("SELECT 1 FROM strategy WHERE hash = ?1 AND files_digest = ?2");
  if (known.Bind(1, hash).Bind(2, digest).Step()) return;
  const std::int64_t now = clock_.UnixNanos();
  database_
      .Prepare("INSERT INTO strategy(unix_nanos, hash, files_digest, files) VALUES(?1, ?2, ?3, ?4)")
      .Bind(1, now)
      .Bind(2, hash)
      .Bind(3, digest)
      .Bind(4, DumpJson(document))
      .Run();
  RecordInAudit(database_, "strategy", "strategy", {database_.last_insert_rowid()}, now);
  transaction.Commit();
}

std::optional<StrategyFiles> SqliteRegistry::Files(const std::string& hash,
                                                   const std::string& files_digest) {
  db::Statement statement = database_.Prepare(
      "SELECT files, files_digest FROM strategy WHERE hash = ?1 AND (?2 = '' OR files_digest = ?2)"
      " ORDER BY id DESC LIMIT 1");
  statement.Bind(1, hash).Bind(2, files_digest);
  if (!statement.Step()) return std::nullopt;
  const Json document = ParseJson(statement.Text(0), "strategy " + hash);
  if (JsonDigest(document) != statement.Text(1)) {
    throw BadData("the kept files of strategy " + hash + " were changed; `kedge verify` says more");
  }
  return document.get<StrategyFiles>();
}

}  // namespace

std::unique_ptr<Registry> MakeRegistry(db::Database& database, const Clock& clock) {
  return std::make_unique<SqliteRegistry>(database, clock);
}

}  // namespace kedge::store
