#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge curve SUITE`: how much a learner gains from how many episodes.
std::unique_ptr<Command> MakeCurveCommand();

}  // namespace kedge::cli
