#pragma once

#include <sys/types.h>

#include <cstdint>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>

#include "harness/process/exit_status.h"
#include "harness/process/unique_fd.h"

namespace kedge::process {

/// A child that must be collected: its number, and a descriptor that becomes readable at its end.
struct ChildHandle {
  pid_t pid = -1;
  std::uint64_t token = 0;  ///< value of kTokenVariable in its environment, after the harness's pid
  UniqueFd pidfd;
};

/// The environment variable by which a descendant that left its group is attributed to a child.
inline constexpr char kTokenVariable[] = "KEDGE_PROCESS_TOKEN";

/// The book of all direct children of this process, kept so that descendants which escaped their
/// process group (setsid, double fork) and were inherited by this process as their subreaper can be
/// told from children that are still in use. One per process; thread-safe.
///
/// An escaped descendant is killed when the child it stems from is collected; if it hides its
/// origin (empties its environment), when any child is collected.
class Reaper {
 public:
  static Reaper& Instance();

  /// Held from before a child exists until it is registered; no sweep runs meanwhile, so a sweep
  /// never meets a child that is not in the book.
  [[nodiscard]] std::shared_lock<std::shared_mutex> LockForLaunch();
  std::uint64_t NewToken();
  void Register(pid_t pid, std::uint64_t token);  ///< under LockForLaunch

  /// Kills the child's group, waits for its end, collects it and sweeps what it left behind.
  /// kUnknown when the kernel does not give it up within 10 s (stuck in a system call).
  ExitStatus Collect(const ChildHandle& child);

  /// The variable's whole text for a token: "KEDGE_PROCESS_TOKEN=<pid>.<token>".
  static std::string TokenEntry(std::uint64_t token);

 private:
  Reaper();
  void SweepEscaped();
  bool KillIfEscaped(pid_t pid);
  bool BelongsToLiveChild(pid_t pid) const;

  std::shared_mutex lifecycle_;  // shared: launching; exclusive: collecting
  mutable std::mutex book_;
  std::uint64_t last_token_ = 0;
  std::set<pid_t> pids_;
  std::set<std::uint64_t> tokens_;
};

}  // namespace kedge::process
