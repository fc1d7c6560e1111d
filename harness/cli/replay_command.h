#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge replay`
std::unique_ptr<Command> MakeReplayCommand();

}  // namespace kedge::cli
