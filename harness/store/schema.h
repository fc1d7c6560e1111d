#pragma once

#include <string>

#include "harness/db/database.h"

namespace kedge::store {

/// Opens the store's file, making it and its tables when it is absent. Errors as Store::Open.
db::Database OpenStoreFile(const std::string& path);

}  // namespace kedge::store
