#include "harness/store/ledger.h"

#include <algorithm>
#include <utility>

#include "harness/core/error.h"
#include "harness/db/transaction.h"
#include "harness/store/audit.h"

namespace kedge::store {
namespace {

struct Season {
  std::int64_t id = 0;
  SeasonTerms terms;
};

void CheckTerms(const SeasonTerms& terms) {
  if (!(terms.fdr > 0 && terms.fdr < 1)) {
    throw UsageError("the false discovery rate must lie strictly between 0 and 1");
  }
  if (terms.size < 1) throw UsageError("a season must hold at least one candidate");
  if (!(terms.alpha_cap > 0 && terms.alpha_cap <= 1)) {
    throw UsageError("the cap of alpha must be above 0 and at most 1");
  }
}

void BindKey(db::Statement& statement, const LedgerKey& key) {
  statement.Bind(1, key.suite)
      .Bind(2, key.suite_digest)
      .Bind(3, key.champion_hash)
      .Bind(4, key.policy_digest);
}

std::optional<Season> FindSeason(db::Database& database, const LedgerKey& key) {
  db::Statement statement = database.Prepare(
      "SELECT id, fdr, size, alpha_cap FROM ledger_season"
      " WHERE suite = ?1 AND suite_digest = ?2 AND champion_hash = ?3 AND policy_digest = ?4");
  BindKey(statement, key);
  if (!statement.Step()) return std::nullopt;
  return Season{statement.Int(0), {statement.Double(1), statement.Int(2), statement.Double(3)}};
}

Season OpenSeason(db::Database& database, const LedgerKey& key, const SeasonTerms& terms,
                  std::int64_t unix_nanos) {
  std::optional<Season> season = FindSeason(database, key);
  if (season) return *season;
  db::Statement statement = database.Prepare(
      "INSERT INTO ledger_season(suite, suite_digest, champion_hash, policy_digest, fdr, size,"
      " alpha_cap, opened_unix_nanos) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  BindKey(statement, key);
  statement.Bind(5, terms.fdr)
      .Bind(6, terms.size)
      .Bind(7, terms.alpha_cap)
      .Bind(8, unix_nanos)
      .Run();
  const std::int64_t id = database.last_insert_rowid();
  RecordInAudit(database, "season", "ledger_season", {id}, unix_nanos);
  return Season{id, terms};
}

// Number of tests reserved so far and of those that ended in a promotion.
std::pair<std::int64_t, std::int64_t> CountTests(db::Database& database, const Season& season) {
  db::Statement statement = database.Prepare(
      "SELECT count(*), coalesce(sum(promoted), 0) FROM ledger_entry WHERE season = ?1");
  statement.Bind(1, season.id).Step();
  return {statement.Int(0), statement.Int(1)};
}

struct Entry {
  std::int64_t number = 0;
  double alpha = 0;
  std::optional<std::string> agent;
  std::optional<Settlement> settled;
};

std::optional<Entry> FindEntry(db::Database& database, const Season& season,
                               const std::string& candidate_hash) {
  db::Statement statement = database.Prepare(
      "SELECT number, alpha, agent, promoted, verdict_digest FROM ledger_entry"
      " WHERE season = ?1 AND candidate_hash = ?2");
  statement.Bind(1, season.id).Bind(2, candidate_hash);
  if (!statement.Step()) return std::nullopt;
  Entry entry;
  entry.number = statement.Int(0);
  entry.alpha = statement.Double(1);
  if (!statement.IsNull(2)) entry.agent = statement.Text(2);
  if (!statement.IsNull(3)) {
    entry.settled = Settlement{statement.Int(3) != 0, std::string(statement.Text(4))};
  }
  return entry;
}

Entry AddEntry(db::Database& database, const Season& season, const std::string& candidate_hash,
               const Entry& entry, std::int64_t unix_nanos) {
  database
      .Prepare(
          "INSERT INTO ledger_entry(season, number, candidate_hash, alpha, reserved_unix_nanos,"
          " agent) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
      .Bind(1, season.id)
      .Bind(2, entry.number)
      .Bind(3, candidate_hash)
      .Bind(4, entry.alpha)
      .Bind(5, unix_nanos)
      .Bind(6, *entry.agent)
      .Run();
  RecordInAudit(database, "reserve", "ledger_entry", {season.id, entry.number}, unix_nanos);
  return entry;
}

// Evidence about one agent says nothing about another that the same strategy is given to.
void RequireAgent(const Entry& entry, const std::string& agent, const std::string& candidate_hash) {
  if (!entry.agent || *entry.agent == agent) return;
  throw Error(ErrorKind::kNotPermitted, "candidate " + candidate_hash + " is tested with agent " +
                                            *entry.agent + ", this run has " + agent +
                                            "; use that agent, or refresh the suite");
}

// Season and entry of a candidate that must have been reserved.
std::pair<Season, Entry> RequireEntry(db::Database& database, const LedgerKey& key,
                                      const std::string& candidate_hash) {
  const std::optional<Season> season = FindSeason(database, key);
  const std::optional<Entry> entry =
      season ? FindEntry(database, *season, candidate_hash) : std::nullopt;
  if (!entry) throw InternalError("no error budget was reserved for candidate " + candidate_hash);
  return {*season, *entry};
}

}  // namespace

double NextAlpha(const SeasonTerms& terms, std::int64_t rejections) {
  const double share = terms.fdr / static_cast<double>(terms.size);
  return std::min(terms.alpha_cap, share * static_cast<double>(rejections + 1));
}

std::optional<Reservation> ReserveInLedger(db::Database& database, const LedgerKey& key,
                                           const std::string& candidate_hash,
                                           const std::string& agent, const SeasonTerms& terms,
                                           std::int64_t unix_nanos) {
  CheckTerms(terms);
  db::Transaction transaction(database);
  const Season season = OpenSeason(database, key, terms, unix_nanos);
  if (season.terms != terms) {
    throw Error(ErrorKind::kNotPermitted,
                "the ledger's season for suite " + key.suite +
                    " was opened with another error rate, size or cap; keep those, or refresh the "
                    "suite to start a new season");
  }
  std::optional<Entry> entry = FindEntry(database, season, candidate_hash);
  const bool repeated = entry.has_value();
  if (repeated) {
    RequireAgent(*entry, agent, candidate_hash);
  } else {
    const auto [used, rejections] = CountTests(database, season);
    if (used >= terms.size) return std::nullopt;
    entry = AddEntry(database, season, candidate_hash,
                     {used + 1, NextAlpha(terms, rejections), agent, std::nullopt}, unix_nanos);
  }
  transaction.Commit();
  return Reservation{
      entry->alpha,
      entry->number,
      terms.size,
      static_cast<double>(terms.size - entry->number) / static_cast<double>(terms.size),
      repeated,
      entry->settled};
}

void SettleInLedger(db::Database& database, const LedgerKey& key, const std::string& candidate_hash,
                    const Settlement& settlement, std::int64_t unix_nanos) {
  db::Transaction transaction(database);
  const auto [season, entry] = RequireEntry(database, key, candidate_hash);
  if (entry.settled) return;
  database
      .Prepare(
          "UPDATE ledger_entry SET promoted = ?3, settled_unix_nanos = ?4, verdict_digest = ?5"
          " WHERE season = ?1 AND number = ?2")
      .Bind(1, season.id)
      .Bind(2, entry.number)
      .Bind(3, settlement.promoted ? 1 : 0)
      .Bind(4, unix_nanos)
      .Bind(5, settlement.verdict_digest)
      .Run();
  RecordInAudit(database, "settle", "ledger_entry", {season.id, entry.number}, unix_nanos);
  transaction.Commit();
}

std::vector<Json> EvidenceInLedger(db::Database& database, const LedgerKey& key,
                                   const std::string& candidate_hash) {
  const auto [season, entry] = RequireEntry(database, key, candidate_hash);
  db::Statement statement = database.Prepare(
      "SELECT document FROM evidence WHERE season = ?1 AND entry = ?2 ORDER BY number");
  statement.Bind(1, season.id).Bind(2, entry.number);
  std::vector<Json> documents;
  while (statement.Step()) documents.push_back(ParseJson(statement.Text(0), "evidence"));
  return documents;
}

void AddEvidenceToLedger(db::Database& database, const LedgerKey& key,
                         const std::string& candidate_hash, std::int64_t number,
                         const Json& document, std::int64_t unix_nanos) {
  db::Transaction transaction(database);
  const auto [season, entry] = RequireEntry(database, key, candidate_hash);
  db::Statement next = database.Prepare(
      "SELECT coalesce(max(number), 0) + 1 FROM evidence WHERE season = ?1 AND entry = ?2");
  next.Bind(1, season.id).Bind(2, entry.number).Step();
  if (next.Int(0) != number || entry.settled) {
    throw Error(ErrorKind::kTemporary,
                "another gate of candidate " + candidate_hash +
                    " adds evidence at the same time; run this command again when it has ended");
  }
  database.Prepare("INSERT INTO evidence(season, entry, number, document) VALUES(?1, ?2, ?3, ?4)")
      .Bind(1, season.id)
      .Bind(2, entry.number)
      .Bind(3, number)
      .Bind(4, DumpJson(document))
      .Run();
  RecordInAudit(database, "evidence", "evidence", {season.id, entry.number, number}, unix_nanos);
  transaction.Commit();
}

std::vector<std::string> CandidatesInLedger(db::Database& database, const LedgerKey& key) {
  std::vector<std::string> candidates;
  const std::optional<Season> season = FindSeason(database, key);
  if (!season) return candidates;
  db::Statement statement =
      database.Prepare("SELECT candidate_hash FROM ledger_entry WHERE season = ?1 ORDER BY number");
  statement.Bind(1, season->id);
  while (statement.Step()) candidates.emplace_back(statement.Text(0));
  return candidates;
}

std::vector<SeasonAccount> SeasonsOfLedger(db::Database& database) {
  db::Statement statement = database.Prepare(
      "SELECT suite, suite_digest, champion_hash, policy_digest, fdr, size,"
      " (SELECT count(*) FROM ledger_entry WHERE season = s.id),"
      " (SELECT count(*) FROM ledger_entry WHERE season = s.id AND promoted IS NULL),"
      " (SELECT count(*) FROM ledger_entry WHERE season = s.id AND promoted = 1)"
      " FROM ledger_season AS s ORDER BY id");
  std::vector<SeasonAccount> seasons;
  while (statement.Step()) {
    SeasonAccount& season = seasons.emplace_back();
    season.key = {std::string(statement.Text(0)), std::string(statement.Text(1)),
                  std::string(statement.Text(2)), std::string(statement.Text(3))};
    season.fdr = statement.Double(4);
    season.size = statement.Int(5);
    season.candidates = statement.Int(6);
    season.open = statement.Int(7);
    season.promoted = statement.Int(8);
  }
  return seasons;
}

}  // namespace kedge::store
