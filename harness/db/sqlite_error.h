#pragma once

#include <string>

#include "harness/core/error.h"

struct sqlite3;

namespace kedge::db {

/// The Error for a SQLite result code; `database` (may be null) gives the words.
[[nodiscard]] Error SqliteError(sqlite3* database, int code);

}  // namespace kedge::db
