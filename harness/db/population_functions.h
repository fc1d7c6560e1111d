#pragma once

#include <cstdint>

#include "harness/db/database.h"

namespace kedge::db {

/// Adds the functions that seed scripts draw populations with. Each is a pure function of `seed`,
/// its own name and its keys (integers, reals, texts or NULL; 1 and '1' are different keys):
///   rnd(key...)              real in [0, 1)
///   rnd_int(lo, hi, key...)  integer in [lo, hi], lo <= hi
///   pick(n, key...)          integer in [0, n), n >= 1
///   money(cents)             integer cents as text: 1234 -> '12.34'; NULL stays NULL
void AddPopulationFunctions(Database& database, std::uint64_t seed);

}  // namespace kedge::db
