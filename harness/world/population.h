#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/db/change_tracker.h"
#include "harness/db/database.h"
#include "harness/world/external_data.h"
#include "harness/world/world.h"

namespace kedge::world {

/// A script of a world folder.
struct SqlFile {
  std::string path;
  std::string text;
};

/// Adds the functions that SQL of a world may call anywhere: draws from the population seed and,
/// as variant_rnd() and so on, from the variant; money(), variant() and calc().
void AddWorldFunctions(db::Database& database, const WorldOptions& options);

/// A database with the world's tables, the engine's own and the population that `options` name, as
/// an image. The scripts may call data(). SQL errors name file and line; so do violated foreign
/// keys (the seed file).
db::Image BuildPopulation(const SqlFile& schema, const SqlFile& seed_script,
                          const WorldOptions& options, const ExternalData& data);

/// The tables that count as the end state: all but `unscored` and the engine's own. Throws Error
/// (without a place) when one has rows that cannot be told apart or that cannot be followed.
std::vector<db::TrackedTable> ScoredTables(db::Database& database,
                                           const std::vector<std::string>& unscored);

}  // namespace kedge::world
