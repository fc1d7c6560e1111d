#pragma once

#include <memory>

#include "harness/core/clock.h"
#include "harness/db/database.h"
#include "harness/store/vault_ledger.h"

namespace kedge::store {

/// The budgets of vaults in an open store. Both references outlive it.
std::unique_ptr<VaultLedger> MakeVaultLedger(db::Database& database, const Clock& clock);

}  // namespace kedge::store
