#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge log`
std::unique_ptr<Command> MakeLogCommand();

}  // namespace kedge::cli
