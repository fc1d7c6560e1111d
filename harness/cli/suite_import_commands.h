#pragma once

#include <memory>
#include <vector>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge suite import`, `kedge suite score`
std::vector<std::unique_ptr<Command>> MakeSuiteImportCommands();

}  // namespace kedge::cli
