#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kedge::store {

/// The files of a strategy's folder by name, byte for byte.
using StrategyFiles = std::map<std::string, std::string>;

/// How a strategy became champion of a scope.
struct ChampionChange {
  std::int64_t id = 0;  ///< given by the store
  std::int64_t unix_nanos = 0;
  std::string scope;
  std::string action;        ///< "adopt" (the first one), "promote" or "rollback"
  std::string from_hash;     ///< champion before; empty for "adopt"
  std::string to_hash;       ///< champion since then
  std::string files_digest;  ///< which bytes of `to_hash`; empty when the store does not have them
  std::string verdict_digest;  ///< of "promote": what it rests on; empty for an override
  std::string approved_by;     ///< who overrode, or who rolled back
  std::string reason;
  /// Of "promote": the candidate that the verdict is about when `to_hash` is that one with what the
  /// gate measured written into it; else empty.
  std::string tested_hash = {};
};

/// A change that is asked for.
struct PromotionRequest {
  std::string scope;
  std::string expected;        ///< the champion it replaces
  std::string candidate;       ///< exactly the hash that was tested
  std::string verdict_digest;  ///< of the verdict it rests on; empty: the newest of the two
  std::string approved_by;     ///< with `reason`: promotes without a PROMOTE; both are recorded
  std::string reason;
  /// What becomes champion: the candidate with what the gate measured written into it. Empty: the
  /// candidate itself. Needs a PROMOTE.
  std::string installed = {};
};

/// Which strategy is champion of which scope, how it got there, and how to go back. Every change is
/// one transaction and a row that stays. Strategies are hashes here; their files are kept by hash.
/// Errors beside those of the store: kUsage for an empty or overlong argument, kMissingInput for a
/// scope or a strategy the store does not know.
class Registry {
 public:
  virtual ~Registry() = default;

  /// The champion now, as the change that made it so; nullopt for a scope without one.
  virtual std::optional<ChampionChange> Champion(const std::string& scope) = 0;
  /// Newest first; of all scopes when `scope` is empty.
  virtual std::vector<ChampionChange> Changes(const std::string& scope, std::int64_t limit) = 0;

  /// Compare and swap: `expected` must be the champion (a scope without one adopts it first), and
  /// the newest recorded verdict of exactly these two must be PROMOTE and must not have promoted in
  /// this scope before; else kNotPermitted, saying why. With `approved_by` and `reason` any verdict
  /// but BLOCK, or none, will do.
  virtual ChampionChange Promote(const PromotionRequest& request) = 0;

  /// What Rollback would go back to: the change that made it champion. kNotPermitted when there is
  /// none.
  virtual ChampionChange Before(const std::string& scope) = 0;
  /// Back to the champion that `expected`, the present one, replaced. Promotions and rollbacks are
  /// a stack: rolling back twice goes back two promotions. kNotPermitted when `expected` is not the
  /// champion or there is none before it.
  virtual ChampionChange Rollback(const std::string& scope, const std::string& expected,
                                  const std::string& who, const std::string& reason) = 0;

  /// Keeps a strategy's files. The same bytes are kept once.
  virtual void KeepFiles(const std::string& hash, const StrategyFiles& files) = 0;
  /// The files that were kept last for this hash, or those with this digest.
  virtual std::optional<StrategyFiles> Files(const std::string& hash,
                                             const std::string& files_digest = {}) = 0;
};

}  // namespace kedge::store
