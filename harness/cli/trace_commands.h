#pragma once

#include <memory>
#include <vector>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge trace show` and `kedge trace diff`
std::vector<std::unique_ptr<Command>> MakeTraceCommands();

}  // namespace kedge::cli
