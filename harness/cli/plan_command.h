#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge plan`
std::unique_ptr<Command> MakePlanCommand();

}  // namespace kedge::cli
