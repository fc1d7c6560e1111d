#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `strategy import`: what each item of somebody else's playbook is worth.
std::unique_ptr<Command> MakeStrategyImportCommand();

}  // namespace kedge::cli
