#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge certify`
std::unique_ptr<Command> MakeCertifyCommand();

}  // namespace kedge::cli
