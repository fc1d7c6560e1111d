#include "harness/process/exit_status.h"

#include <sys/wait.h>

#include <cstring>

namespace kedge::process {

ExitStatus ExitStatusFromWait(int wait_status) {
  if (WIFEXITED(wait_status)) return {ExitStatus::Kind::kExited, WEXITSTATUS(wait_status)};
  if (WIFSIGNALED(wait_status)) return {ExitStatus::Kind::kSignaled, WTERMSIG(wait_status)};
  return {};
}

std::string Describe(const ExitStatus& status) {
  switch (status.kind) {
    case ExitStatus::Kind::kExited:
      return "exit code " + std::to_string(status.value);
    case ExitStatus::Kind::kSignaled: {
      // sigdescr_np, unlike strsignal, knows no locale and is thread-safe.
      const char* name = sigdescr_np(status.value);
      return "signal " + std::to_string(status.value) + " (" +
             (name == nullptr ? "unknown" : name) + ")";
    }
    case ExitStatus::Kind::kUnknown:
      break;
  }
  return "unknown exit status";
}

}  // namespace kedge::process
