#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge drift`: does a candidate behave differently, and does production?
std::unique_ptr<Command> MakeDriftCommand();

}  // namespace kedge::cli
