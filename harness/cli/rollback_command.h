#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge rollback`
std::unique_ptr<Command> MakeRollbackCommand();

}  // namespace kedge::cli
