#pragma once

#include <memory>
#include <vector>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge suite list, check`
std::vector<std::unique_ptr<Command>> MakeSuiteCommands();

}  // namespace kedge::cli
