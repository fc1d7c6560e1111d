#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge run`
std::unique_ptr<Command> MakeRunCommand();

}  // namespace kedge::cli
