#pragma once

#include <optional>
#include <string>

#include "harness/core/json.h"
#include "reports/evolution_report.h"

namespace kedge::loop {

/// An evolution with what identifies it (`kedge-evolution/1`); the fingerprint is an object of
/// texts and numbers.
Json EvolutionToJson(const reports::Evolution& evolution, const Json& fingerprint);

/// Reads the file back; nullopt when there is none. Throws Error(kNotPermitted), naming what
/// differs, for a file of another fingerprint, and Error(kBadData) with the field for a damaged
/// one.
std::optional<reports::Evolution> LoadEvolution(const std::string& path, const Json& fingerprint);

}  // namespace kedge::loop
