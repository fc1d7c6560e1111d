#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge world serve`
std::unique_ptr<Command> MakeWorldServeCommand();

}  // namespace kedge::cli
