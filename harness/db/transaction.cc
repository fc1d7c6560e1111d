#include "harness/db/transaction.h"

#include "harness/core/error.h"

namespace kedge::db {

Transaction::Transaction(Database& database) : database_(database) {
  database_.Execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.Execute("ROLLBACK");
  } catch (const Error&) {
    // SQLite has already rolled back (disk full, for instance): nothing is left to undo.
  }
}

void Transaction::Commit() {
  database_.Execute("COMMIT");
  open_ = false;
}

}  // namespace kedge::db
