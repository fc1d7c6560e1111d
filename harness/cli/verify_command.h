#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge verify`
std::unique_ptr<Command> MakeVerifyCommand();

}  // namespace kedge::cli
