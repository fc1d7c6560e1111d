#pragma once

#include <sys/types.h>

#include "harness/process/child_process.h"

namespace kedge::process {

/// The steps between fork and exec that can fail.
enum class SetupStep : int { kSession, kLimits, kParent, kFolder, kExec };

/// What a failed child sends through its status pipe before it dies.
struct SetupFailure {
  SetupStep step = SetupStep::kExec;
  int error = 0;  ///< errno
};

/// Everything a new child needs to know, prepared by the parent. A view: the pointers belong to the
/// launcher and outlive the launch.
struct ChildSetup {
  pid_t parent = -1;
  int status_pipe = -1;          ///< write end, close-on-exec
  const char* folder = nullptr;  ///< null: stay
  ProcessLimits limits;

  /// Runs in the new child between vfork and exec, sharing the parent's memory: calls only
  /// async-signal-safe functions and changes nothing the parent can see. Own session and group,
  /// resource limits, death with the parent, default signals, working folder, and no descriptor
  /// but 0, 1 and 2. On failure it reports and does not return.
  void Apply() const noexcept;

  /// Writes the failure to the status pipe and ends the child.
  [[noreturn]] void Fail(SetupStep step, int error) const noexcept;
};

}  // namespace kedge::process
