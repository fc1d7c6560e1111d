#include "harness/cli/certify_command.h"
#include "harness/cli/command.h"
#include "harness/cli/compare_command.h"
#include "harness/cli/convert_command.h"
#include "harness/cli/curve_command.h"
#include "harness/cli/drift_command.h"
#include "harness/cli/evolve_command.h"
#include "harness/cli/gate_command.h"
#include "harness/cli/guard_commands.h"
#include "harness/cli/learn_command.h"
#include "harness/cli/log_command.h"
#include "harness/cli/plan_command.h"
#include "harness/cli/promote_command.h"
#include "harness/cli/replay_command.h"
#include "harness/cli/rollback_command.h"
#include "harness/cli/run_command.h"
#include "harness/cli/sample_command.h"
#include "harness/cli/serve_command.h"
#include "harness/cli/strategy_commands.h"
#include "harness/cli/suite_commands.h"
#include "harness/cli/suite_import_commands.h"
#include "harness/cli/trace_commands.h"
#include "harness/cli/verify_command.h"
#include "harness/cli/world_command.h"
#include "harness/cli/world_serve_command.h"

namespace kedge::cli {

std::vector<std::unique_ptr<Command>> MakeCommands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(MakeGateCommand());
  commands.push_back(MakeRunCommand());
  commands.push_back(MakeCompareCommand());
  commands.push_back(MakeReplayCommand());
  commands.push_back(MakeDriftCommand());
  commands.push_back(MakeCertifyCommand());
  commands.push_back(MakePlanCommand());
  commands.push_back(MakeLearnCommand());
  commands.push_back(MakeCurveCommand());
  commands.push_back(MakeEvolveCommand());
  for (auto& command : MakeStrategyCommands()) commands.push_back(std::move(command));
  commands.push_back(MakeSampleCommand());
  commands.push_back(MakeConvertCommand());
  for (auto& command : MakeTraceCommands()) commands.push_back(std::move(command));
  for (auto& command : MakeSuiteCommands()) commands.push_back(std::move(command));
  for (auto& command : MakeSuiteImportCommands()) commands.push_back(std::move(command));
  for (auto& command : MakeWorldCommands()) commands.push_back(std::move(command));
  for (auto& command : MakeGuardCommands()) commands.push_back(std::move(command));
  commands.push_back(MakePromoteCommand());
  commands.push_back(MakeRollbackCommand());
  commands.push_back(MakeServeCommand());
  commands.push_back(MakeWorldServeCommand());
  commands.push_back(MakeLogCommand());
  commands.push_back(MakeVerifyCommand());
  return commands;
}

}  // namespace kedge::cli
