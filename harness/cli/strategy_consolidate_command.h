#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `strategy consolidate`: a candidate that says everything once.
std::unique_ptr<Command> MakeStrategyConsolidateCommand();

}  // namespace kedge::cli
