#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge learn`
std::unique_ptr<Command> MakeLearnCommand();

}  // namespace kedge::cli
