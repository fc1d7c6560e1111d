#include "harness/store/ledger.h"

#include <algorithm>
#include <utility>

#include "harness/core/error.h"
#include "harness/db/transaction.h"

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
  return Season{database.last_insert_rowid(), terms};
}

// Number of tests reserved so far and of those that ended in a promotion.
std::pair<std::int64_t, std::int64_t> CountTests(db::Database& database, const Season& season) {
  db::Statement statement = database.Prepare(
      "SELECT count(*), coalesce(sum(promoted), 0) FROM ledger_entry WHERE season = ?1");
  statement.Bind(1, season.id).Step();
  return {statement.Int(0), statement.Int(1)};
}

std::optional<Reservation> FindEntry(db::Database& database, const Season& season,
                                     const std::string& candidate_hash) {
  db::Statement statement = database.Prepare(
      "SELECT alpha, number FROM ledger_entry WHERE season = ?1 AND candidate_hash = ?2");
  statement.Bind(1, season.id).Bind(2, candidate_hash);
  if (!statement.Step()) return std::nullopt;
  Reservation reservation;
  reservation.alpha = statement.Double(0);
  reservation.index = statement.Int(1);
  reservation.repeated = true;
  return reservation;
}

Reservation AddEntry(db::Database& database, const Season& season,
                     const std::string& candidate_hash, std::int64_t number, double alpha,
                     std::int64_t unix_nanos) {
  db::Statement statement = database.Prepare(
      "INSERT INTO ledger_entry(season, number, candidate_hash, alpha, reserved_unix_nanos)"
      " VALUES(?1, ?2, ?3, ?4, ?5)");
  statement.Bind(1, season.id)
      .Bind(2, number)
      .Bind(3, candidate_hash)
      .Bind(4, alpha)
      .Bind(5, unix_nanos)
      .Run();
  Reservation reservation;
  reservation.alpha = alpha;
  reservation.index = number;
  return reservation;
}

}  // namespace

double NextAlpha(const SeasonTerms& terms, std::int64_t rejections) {
  const double share = terms.fdr / static_cast<double>(terms.size);
  return std::min(terms.alpha_cap, share * static_cast<double>(rejections + 1));
}

std::optional<Reservation> ReserveInLedger(db::Database& database, const LedgerKey& key,
                                           const std::string& candidate_hash,
                                           const SeasonTerms& terms, std::int64_t unix_nanos) {
  CheckTerms(terms);
  db::Transaction transaction(database);
  const Season season = OpenSeason(database, key, terms, unix_nanos);
  if (season.terms != terms) {
    throw Error(ErrorKind::kNotPermitted,
                "the ledger's season for suite " + key.suite +
                    " was opened with another error rate, size or cap; keep those, or refresh the "
                    "suite to start a new season");
  }
  const auto [used, rejections] = CountTests(database, season);
  std::optional<Reservation> reservation = FindEntry(database, season, candidate_hash);
  std::int64_t used_now = used;
  if (!reservation) {
    if (used >= terms.size) return std::nullopt;
    used_now = used + 1;
    reservation = AddEntry(database, season, candidate_hash, used_now, NextAlpha(terms, rejections),
                           unix_nanos);
  }
  reservation->season_size = terms.size;
  reservation->budget_left =
      static_cast<double>(terms.size - used_now) / static_cast<double>(terms.size);
  transaction.Commit();
  return reservation;
}

void SettleInLedger(db::Database& database, const LedgerKey& key, const std::string& candidate_hash,
                    bool promoted, std::int64_t unix_nanos) {
  db::Transaction transaction(database);
  const std::optional<Season> season = FindSeason(database, key);
  if (!season || !FindEntry(database, *season, candidate_hash)) {
    throw InternalError("no error budget was reserved for candidate " + candidate_hash);
  }
  db::Statement statement = database.Prepare(
      "UPDATE ledger_entry SET promoted = ?3, settled_unix_nanos = ?4"
      " WHERE season = ?1 AND candidate_hash = ?2 AND promoted IS NULL");
  statement.Bind(1, season->id)
      .Bind(2, candidate_hash)
      .Bind(3, promoted ? 1 : 0)
      .Bind(4, unix_nanos)
      .Run();
  transaction.Commit();
}

}  // namespace kedge::store
