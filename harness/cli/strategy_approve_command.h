#pragma once

#include <memory>

#include "harness/cli/command.h"

namespace kedge::cli {

/// `kedge strategy keygen`: makes an Ed25519 key for approvals.
std::unique_ptr<Command> MakeStrategyKeygenCommand();
/// `kedge strategy approve`: signs the promotion that a verdict waits for.
std::unique_ptr<Command> MakeStrategyApproveCommand();

}  // namespace kedge::cli
