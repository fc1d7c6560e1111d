#pragma once

#include "harness/core/json.h"

struct sqlite3_value;

namespace kedge::db {

/// A SQLite value as JSON: null, integer, real and text as such, a blob as {"$blob": "<hex>"}.
/// Needs a protected value or a column value read in the statement's own thread.
Json ValueAsJson(sqlite3_value* value);

}  // namespace kedge::db
