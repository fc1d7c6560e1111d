#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/clock.h"
#include "harness/core/json.h"
#include "harness/store/audit_log.h"
#include "harness/store/registry.h"
#include "harness/store/vault_ledger.h"

namespace kedge::store {

/// A verdict as the history keeps it.
struct VerdictRow {
  std::int64_t id = 0;          ///< given by the store; ignored when adding
  std::int64_t unix_nanos = 0;  ///< 0 when adding: now
  std::string suite;
  std::string champion_hash;
  std::string candidate_hash;
  std::string verdict;
  std::string digest;
  Json document;  ///< the verdict's JSON
};

/// A `kedge run` as the history keeps it.
struct RunRow {
  std::int64_t id = 0;          ///< given by the store; ignored when adding
  std::int64_t unix_nanos = 0;  ///< 0 when adding: now
  std::string suite;
  std::string strategy_hash;
  std::int64_t episodes = 0;
  std::int64_t successes = 0;
  std::int64_t missing = 0;
  double seconds = 0;
};

/// How a test ended.
struct Settlement {
  bool promoted = false;
  std::string verdict_digest;  ///< of the recorded verdict; empty in files of schema version 1
};

/// What a gate may spend of the error budget for this candidate.
struct Reservation {
  double alpha = 0;
  std::int64_t index = 0;  ///< which candidate of the season, from 1
  std::int64_t season_size = 0;
  double budget_left = 0;  ///< share of the season's tests that come after this one, in [0, 1)
  bool repeated = false;   ///< this candidate digest was reserved before: same alpha, no new chance
  std::optional<Settlement> settled;  ///< it was decided before: there is nothing left to spend
};

/// What identifies an account of the ledger.
struct LedgerKey {
  std::string suite;  ///< suite name (a refreshed suite with another digest starts a new season)
  std::string suite_digest;
  std::string champion_hash;
  std::string policy_digest;
};

/// A season of the ledger.
struct SeasonAccount {
  LedgerKey key;
  double fdr = 0;
  std::int64_t size = 0;
  std::int64_t candidates = 0;  ///< tests reserved, open ones too
  std::int64_t open = 0;        ///< not yet decided
  std::int64_t promoted = 0;
};

/// History, ledger and registry in one SQLite file (WAL). Every write is one transaction: a killed
/// process leaves the last whole state. Several processes may use one file; a lock held longer
/// than 5 s is Error(kTemporary). Every row is in the audit log. One object per thread.
class Store {
 public:
  /// Opens or creates the file and its tables (the folder must exist); an older schema version is
  /// brought up to date. Refused without touching
  /// it: a file of a newer schema version, a SQLite file that is not kedge's, any other file
  /// (kBadData). `clock` outlives the store.
  static std::unique_ptr<Store> Open(const std::string& path, const Clock& clock = SystemClock());
  virtual ~Store() = default;

  /// The new row's id; ids rise.
  virtual std::int64_t AddVerdict(const VerdictRow& row) = 0;
  virtual std::vector<VerdictRow> Verdicts(std::int64_t limit) = 0;  ///< newest first
  /// The oldest verdict with this digest, if it was recorded.
  virtual std::optional<VerdictRow> FindVerdict(const std::string& digest) = 0;
  /// The newest verdict about a candidate, under whatever champion and policy.
  virtual std::optional<VerdictRow> NewestVerdictOf(const std::string& candidate_hash) = 0;
  virtual std::int64_t AddRun(const RunRow& row) = 0;
  virtual std::vector<RunRow> Runs(std::int64_t limit) = 0;

  /// e-LOND (Xu and Ramdas 2024): alpha_t = fdr / season_size * (rejections so far + 1), at most
  /// `alpha_cap`. Reserves before a task is read; nullopt when the season is used up. A test that
  /// is still open counts as no rejection. `agent` is the fingerprint of the agent under test; a
  /// candidate that was reserved with another one is kNotPermitted. Ranges: fdr in (0, 1),
  /// season_size >= 1, alpha_cap in (0, 1], else kUsage; an account that was opened with other
  /// values of the three is kNotPermitted, for changing them midway would void its guarantee.
  virtual std::optional<Reservation> Reserve(const LedgerKey& key,
                                             const std::string& candidate_hash,
                                             const std::string& agent, double fdr,
                                             std::int64_t season_size, double alpha_cap) = 0;
  /// Records how the reserved test ended; a promotion counts as a rejection. What was recorded
  /// first stands: a repeated test has no second chance. kInternal without a reservation.
  virtual void Settle(const LedgerKey& key, const std::string& candidate_hash,
                      const Settlement& settlement) = 0;

  /// All that was seen of a reserved candidate so far, in order. kInternal without a reservation.
  virtual std::vector<Json> Evidence(const LedgerKey& key, const std::string& candidate_hash) = 0;
  /// Adds the next piece, before anybody looks at it. `number` counts from 1: when it is not the
  /// next one, or the test is decided, another process is at work on the candidate (kTemporary).
  virtual void AddEvidence(const LedgerKey& key, const std::string& candidate_hash,
                           std::int64_t number, const Json& document) = 0;

  /// Hashes of the candidates that were reserved, in the order of their numbers.
  virtual std::vector<std::string> Candidates(const LedgerKey& key) = 0;
  virtual std::vector<SeasonAccount> Seasons() = 0;  ///< oldest first

  /// Parts of this store; they live as long as it does.
  virtual VaultLedger& vaults() = 0;
  virtual Registry& registry() = 0;
  virtual AuditLog& audit() = 0;
};

}  // namespace kedge::store
