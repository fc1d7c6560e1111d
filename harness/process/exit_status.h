#pragma once

#include <string>

namespace kedge::process {

/// How a process ended.
struct ExitStatus {
  enum class Kind {
    kExited,    ///< `value` is the exit code, 0-255
    kSignaled,  ///< `value` is the number of the signal that ended it
    kUnknown,   ///< somebody else collected the status, or the kernel never gave the process up
  };
  Kind kind = Kind::kUnknown;
  int value = 0;

  bool ok() const { return kind == Kind::kExited && value == 0; }
  bool operator==(const ExitStatus&) const = default;
};

/// From the status word of waitpid(2).
ExitStatus ExitStatusFromWait(int wait_status);

/// "exit code 3", "signal 9 (Killed)" or "unknown exit status".
std::string Describe(const ExitStatus& status);

}  // namespace kedge::process
