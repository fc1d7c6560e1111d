#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge sample`
std::unique_ptr<Command> MakeSampleCommand();

}  // namespace kedge::cli
