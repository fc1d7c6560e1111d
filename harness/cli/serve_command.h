#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge serve`
std::unique_ptr<Command> MakeServeCommand();

}  // namespace kedge::cli
