#pragma once

#include <memory>
#include <vector>

#include "harness/cli/command.h"

namespace kedge::cli {

std::unique_ptr<Command> MakeGuardCheckCommand();
std::unique_ptr<Command> MakeGuardDiffCommand();
std::unique_ptr<Command> MakeGuardExplainCommand();
std::unique_ptr<Command> MakeGuardLintCommand();
std::unique_ptr<Command> MakeGuardNarrowerCommand();
std::unique_ptr<Command> MakeGuardProxyCommand();
std::unique_ptr<Command> MakeGuardTestCommand();

/// `kedge guard check, test, lint, explain, diff, narrower, proxy`
std::vector<std::unique_ptr<Command>> MakeGuardCommands();

}  // namespace kedge::cli
