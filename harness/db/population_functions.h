#pragma once

#include <cstdint>
#include <string>

#include "harness/db/database.h"

namespace kedge::db {

/// Adds the functions that seed scripts draw with. Each is a pure function of `seed`, its own name
/// (PREFIX included) and its keys (integers, reals, texts or NULL; 1 and '1' are different keys):
///   PREFIXrnd(key...)              real in [0, 1)
///   PREFIXrnd_int(lo, hi, key...)  integer in [lo, hi], lo <= hi
///   PREFIXpick(n, key...)          integer in [0, n), n >= 1
void AddDrawFunctions(Database& database, const std::string& prefix, std::uint64_t seed);

/// Adds money(cents): integer cents as text, 1234 -> '12.34'; NULL stays NULL.
void AddMoneyFunction(Database& database);

}  // namespace kedge::db
