#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/clock.h"
#include "harness/core/json.h"

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

/// What a gate may spend of the error budget for this candidate.
struct Reservation {
  double alpha = 0;
  std::int64_t index = 0;  ///< which candidate of the season, from 1
  std::int64_t season_size = 0;
  double budget_left = 0;  ///< share of the season's tests not yet used, in [0, 1]
  bool repeated = false;   ///< this candidate digest was reserved before: same alpha, no new chance
};

/// What identifies an account of the ledger.
struct LedgerKey {
  std::string suite;  ///< suite name (a refreshed suite with another digest starts a new season)
  std::string suite_digest;
  std::string champion_hash;
  std::string policy_digest;
};

/// History, ledger and registry in one SQLite file (WAL). Every write is one transaction: a killed
/// process leaves the last whole state. Several processes may use one file; a lock held longer
/// than 5 s is Error(kTemporary). One object per thread.
class Store {
 public:
  /// Opens or creates the file and its tables (the folder must exist). Refused without touching
  /// it: a file of a newer schema version, a SQLite file that is not kedge's, any other file
  /// (kBadData). `clock` outlives the store.
  static std::unique_ptr<Store> Open(const std::string& path, const Clock& clock = SystemClock());
  virtual ~Store() = default;

  /// The new row's id; ids rise.
  virtual std::int64_t AddVerdict(const VerdictRow& row) = 0;
  virtual std::vector<VerdictRow> Verdicts(std::int64_t limit) = 0;  ///< newest first
  /// The oldest verdict with this digest, if it was recorded.
  virtual std::optional<VerdictRow> FindVerdict(const std::string& digest) = 0;
  virtual std::int64_t AddRun(const RunRow& row) = 0;
  virtual std::vector<RunRow> Runs(std::int64_t limit) = 0;

  /// e-LOND (Xu and Ramdas 2024): alpha_t = fdr / season_size * (rejections so far + 1), at most
  /// `alpha_cap`. Reserves before a task is read; nullopt when the season is used up. A test that
  /// is still open counts as no rejection. Ranges: fdr in (0, 1), season_size >= 1, alpha_cap in
  /// (0, 1], else kUsage; an account that was opened with other values of the three is
  /// kNotPermitted, for changing them midway would void its guarantee.
  virtual std::optional<Reservation> Reserve(const LedgerKey& key,
                                             const std::string& candidate_hash, double fdr,
                                             std::int64_t season_size, double alpha_cap) = 0;
  /// Records how the reserved test ended; a promotion counts as a rejection. What was recorded
  /// first stands: a repeated test has no second chance. kInternal without a reservation.
  virtual void Settle(const LedgerKey& key, const std::string& candidate_hash, bool promoted) = 0;
};

}  // namespace kedge::store
