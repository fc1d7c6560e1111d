#pragma once

#include <memory>
#include <vector>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge strategy show, diff, validate`
std::vector<std::unique_ptr<Command>> MakeStrategyCommands();

}  // namespace kedge::cli
