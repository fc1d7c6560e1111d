#pragma once

#include <memory>
#include <vector>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge world call`, `kedge world diff`, `kedge world replay`
std::vector<std::unique_ptr<Command>> MakeWorldCommands();

}  // namespace kedge::cli
