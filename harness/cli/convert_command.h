#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge convert IN... --to FORMAT --out OUT`
std::unique_ptr<Command> MakeConvertCommand();

}  // namespace kedge::cli
