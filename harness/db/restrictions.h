#pragma once

#include <string>
#include <vector>

#include "harness/db/database.h"

namespace kedge::db {

/// What the authorizer of a connection goes by, and what it last refused.
struct Restrictions {
  Access access = Access::kUnrestricted;
  std::vector<std::string> protected_tables;
  std::string refused;  ///< "ATTACH"; what the error message names
};

/// sqlite3_set_authorizer callback; `restrictions` is a Restrictions.
int Authorize(void* restrictions, int action, const char* first, const char* second,
              const char* database, const char* trigger);

}  // namespace kedge::db
