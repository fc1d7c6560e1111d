#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/process/child_process.h"

namespace kedge::process {

/// What will be executed, with everything looked up.
struct Command {
  std::string program;  ///< absolute path
  std::vector<std::string> argv;
  std::vector<std::string> environment;  ///< NAME=value
  std::string folder;                    ///< absolute; empty: stay
};

/// Checks the options and finds program, folder and sandbox; throws as ChildProcess::Start does.
/// `token` goes into the environment (see Reaper).
Command ResolveCommand(const ProcessOptions& options, std::uint64_t token);

}  // namespace kedge::process
