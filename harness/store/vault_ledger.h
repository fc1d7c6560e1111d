#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kedge::store {

/// What a vault (a set of sealed tasks) may be asked in its life; fixed by its first question.
struct VaultTerms {
  std::string suite;
  std::string suite_digest;  ///< of the sealed tasks: the account's key
  std::int64_t tasks = 0;
  double margin = 0;         ///< loss that a passed question excludes
  double alpha = 0;          ///< chance that any of all its answers is a wrong "passed"
  std::int64_t queries = 0;  ///< questions in all
  std::int64_t fails = 0;    ///< answers "failed" before it is spent, at least 1
};

/// A question to a vault.
struct VaultQuery {
  std::int64_t number = 0;     ///< from 1
  std::optional<bool> passed;  ///< absent until it is answered
  std::int64_t queries_left = 0;
  std::int64_t fails_left = 0;
};

struct VaultAccount {
  VaultTerms terms;
  std::int64_t asked = 0;   ///< questions, open ones too
  std::int64_t open = 0;    ///< not yet answered
  std::int64_t failed = 0;  ///< answers "failed"
};

/// The budgets of all vaults. What is kept of an answer is one bit.
class VaultLedger {
 public:
  virtual ~VaultLedger() = default;

  /// Spends a question before a sealed task is read; nullopt when the budget is spent. The same
  /// champion and candidate get their question again, answered or not, and spend nothing. A
  /// question without an answer counts as failed until it has one. kNotPermitted when the vault was
  /// opened under other terms: changing them midway would void its guarantee.
  virtual std::optional<VaultQuery> Ask(const VaultTerms& terms, const std::string& champion_hash,
                                        const std::string& candidate_hash) = 0;
  /// Records the answer; the first one stands and is what comes back. kInternal without a question.
  virtual VaultQuery Answer(const std::string& suite_digest, const std::string& champion_hash,
                            const std::string& candidate_hash, bool passed) = 0;
  /// In the order in which they were opened.
  virtual std::vector<VaultAccount> Accounts() = 0;
};

}  // namespace kedge::store
