#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge strategy apply`: makes a strategy from a parent and a file of delta operations.
std::unique_ptr<Command> MakeStrategyApplyCommand();

}  // namespace kedge::cli
