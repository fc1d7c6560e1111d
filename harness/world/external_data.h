#pragma once

#include <map>
#include <optional>
#include <string>

#include "harness/core/document.h"
#include "harness/db/database.h"

namespace kedge::world {

/// Files that a world is made of but does not hold: the user says where they are.
struct ExternalData {
  std::map<std::string, std::string> texts;  ///< by the name in world.yaml; unpacked
};

/// Reads the files that `node` (member `data` of world.yaml) lists. A folder is looked up in
/// `folders`, then in the environment: KEDGE_DATA_ and the key in capitals with `_` for `-`.
/// Throws Error(kMissingInput), saying what to pass, when neither names it or a file is not there.
ExternalData ReadExternalData(const std::optional<Node>& node,
                              const std::map<std::string, std::string>& folders);

/// Adds data(name): the text of a file. `data` must outlive the database.
void AddDataFunction(db::Database& database, const ExternalData& data);

}  // namespace kedge::world
