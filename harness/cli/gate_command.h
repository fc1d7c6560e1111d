#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge gate`
std::unique_ptr<Command> MakeGateCommand();

}  // namespace kedge::cli
