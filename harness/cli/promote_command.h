#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge promote`
std::unique_ptr<Command> MakePromoteCommand();

}  // namespace kedge::cli
