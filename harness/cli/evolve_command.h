#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge evolve`: generations of act, learn, gate, promote.
std::unique_ptr<Command> MakeEvolveCommand();

}  // namespace kedge::cli
