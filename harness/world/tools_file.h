#pragma once

#include "harness/core/document.h"
#include "harness/world/definition.h"
#include "harness/world/statement_set.h"

namespace kedge::world {

/// Reads tools.yaml into `definition`. Throws Error with file, line and field.
void ReadTools(const Document& document, StatementSet& statements, World::Definition& definition);

/// Reads quirks.yaml and gives the rules of the quirks that `definition.options` switches on to
/// their tools. Every quirk is checked, switched on or not.
void ReadQuirks(const Document& document, StatementSet& statements, World::Definition& definition);

}  // namespace kedge::world
