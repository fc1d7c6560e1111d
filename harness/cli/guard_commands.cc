#include "harness/cli/guard_commands.h"

namespace kedge::cli {

std::vector<std::unique_ptr<Command>> MakeGuardCommands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(MakeGuardCheckCommand());
  commands.push_back(MakeGuardTestCommand());
  commands.push_back(MakeGuardLintCommand());
  commands.push_back(MakeGuardExplainCommand());
  commands.push_back(MakeGuardDiffCommand());
  commands.push_back(MakeGuardNarrowerCommand());
  commands.push_back(MakeGuardProxyCommand());
  return commands;
}

}  // namespace kedge::cli
