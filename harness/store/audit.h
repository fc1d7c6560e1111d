#pragma once

#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/db/database.h"
#include "harness/store/audit_log.h"

namespace kedge::store {

/// Adds an entry for a row that was just inserted or updated. Call it inside the transaction that
/// wrote the row, so that row and entry appear together. `key`: array of the primary key's values
/// in the order of the table. Throws Error(kInternal) for an unknown table or an absent row.
void RecordInAudit(db::Database& database, const std::string& action, const std::string& table,
                   const Json& key, std::int64_t unix_nanos);

/// Adds an entry for every row there is: for a store that is older than its audit log.
void RecordAllInAudit(db::Database& database, const std::string& action, std::int64_t unix_nanos);

std::string AuditHead(db::Database& database);
std::vector<AuditEntry> AuditEntries(db::Database& database, std::int64_t limit);
AuditReport VerifyAudit(db::Database& database, const std::string& known_head);

}  // namespace kedge::store
