#pragma once

#include <string>

#include "harness/core/clock.h"
#include "harness/store/registry.h"

namespace kedge::loop {

/// One `kedge promote`. A strategy is a folder or a hash.
struct PromotionOptions {
  std::string store_file;
  std::string candidate;
  std::string champion;  ///< what it must replace; empty: the present one, or else its verdict's
  std::string scope;     ///< empty: the suite of the candidate's newest verdict
  std::string verdict_digest;  ///< empty: the newest verdict of the two
  std::string approved_by;     ///< with `reason`: an override
  std::string reason;
  std::string output_folder;  ///< where the champion's folder is written; empty: nowhere
  /// Write into the guidelines that the candidate brings what the gate measured (`validation`), and
  /// make that champion. Needs a PROMOTE.
  bool record_validation = false;
};

/// One `kedge rollback`.
struct RollbackOptions {
  std::string store_file;
  std::string scope;     ///< empty: the only one
  std::string champion;  ///< what must be champion now; empty: whatever is
  std::string who;
  std::string reason;
  std::string output_folder;  ///< as above
};

struct PromotionResult {
  store::ChampionChange change;
  bool changed = true;  ///< false: it was champion already, and only the folder was written
};

/// Makes the candidate champion (see store::Registry) and puts exactly the bytes that were tested
/// at `output_folder`, or, with `record_validation`, the candidate with nothing but that added. The
/// folder is written and checked before the registry changes and put in place after it; a process
/// that dies in between leaves the old folder, and the same command again puts the new one there.
/// Throws Error.
PromotionResult RunPromotion(const PromotionOptions& options, const Clock& clock);

/// The way back, with the bytes of the champion before.
PromotionResult RunRollback(const RollbackOptions& options, const Clock& clock);

}  // namespace kedge::loop
