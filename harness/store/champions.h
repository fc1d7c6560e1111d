#pragma once

#include <memory>

#include "harness/core/clock.h"
#include "harness/db/database.h"
#include "harness/store/registry.h"

namespace kedge::store {

/// The registry in an open store. Both references outlive it.
std::unique_ptr<Registry> MakeRegistry(db::Database& database, const Clock& clock);

}  // namespace kedge::store
