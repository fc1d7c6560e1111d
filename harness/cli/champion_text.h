#pragma once

#include <string>

#include "harness/core/json.h"
#include "harness/store/registry.h"

namespace kedge::cli {

/// A change of champion for machines and, in one line with outside text escaped, for people.
Json ChangeJson(const store::ChampionChange& change);
std::string ChangeText(const store::ChampionChange& change);

}  // namespace kedge::cli
