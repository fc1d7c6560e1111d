#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/db/database.h"
#include "harness/store/store.h"

namespace kedge::store {

/// What a season promises; fixed when its first candidate is reserved.
struct SeasonTerms {
  double fdr = 0;
  std::int64_t size = 0;
  double alpha_cap = 0;
  bool operator==(const SeasonTerms&) const = default;
};

/// Level of the next test after `rejections` promotions (e-LOND with weights 1/size).
double NextAlpha(const SeasonTerms& terms, std::int64_t rejections);

/// Store::Reserve and Store::Settle on an open database; each is one transaction.
std::optional<Reservation> ReserveInLedger(db::Database& database, const LedgerKey& key,
                                           const std::string& candidate_hash,
                                           const std::string& agent, const SeasonTerms& terms,
                                           std::int64_t unix_nanos);
void SettleInLedger(db::Database& database, const LedgerKey& key, const std::string& candidate_hash,
                    const Settlement& settlement, std::int64_t unix_nanos);

/// Store::Evidence and Store::AddEvidence.
std::vector<Json> EvidenceInLedger(db::Database& database, const LedgerKey& key,
                                   const std::string& candidate_hash);
void AddEvidenceToLedger(db::Database& database, const LedgerKey& key,
                         const std::string& candidate_hash, std::int64_t number,
                         const Json& document, std::int64_t unix_nanos);

/// Store::Candidates and Store::Seasons.
std::vector<std::string> CandidatesInLedger(db::Database& database, const LedgerKey& key);
std::vector<SeasonAccount> SeasonsOfLedger(db::Database& database);

}  // namespace kedge::store
