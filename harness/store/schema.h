#pragma once

#include <cstdint>
#include <string>

#include "harness/db/database.h"

namespace kedge::store {

/// Opens the store's file, making it and its tables when it is absent and bringing those of an
/// older version up to date in one transaction; `unix_nanos` dates that. Errors as Store::Open.
db::Database OpenStoreFile(const std::string& path, std::int64_t unix_nanos);

}  // namespace kedge::store
