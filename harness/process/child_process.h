#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/process/deadline.h"
#include "harness/process/exit_status.h"

namespace kedge::process {

/// The output limit of a child that was given none.
inline constexpr std::size_t kDefaultOutputBytes = std::size_t{64} << 20;

/// What a child may use up. 0 means no limit of that kind,
/// but for output.
struct ProcessLimits {
  std::int64_t cpu_seconds = 0;       ///< processor time (SIGXCPU when it is used up)
  std::int64_t memory_bytes = 0;      ///< address space of each process (RLIMIT_AS)
  std::int64_t open_files = 0;        ///< descriptors of each process (RLIMIT_NOFILE)
  std::size_t output_bytes = 0;       ///< stdout and stderr together; 0: kDefaultOutputBytes
  std::size_t stderr_tail = 8 << 10;  ///< how much of stderr's end is kept, bytes
};

enum class Sandbox {
  kNone,
  /// bubblewrap: read-only file system (the working folder included), an empty /tmp of its own,
  /// no network, its own process numbers. A working folder below /tmp stays visible, read-only.
  kBubblewrap,
};

/// A program to run and its surroundings.
struct ProcessOptions {
  std::vector<std::string> argv;  ///< argv[0] is looked up in PATH unless it holds a slash
  std::string working_folder;     ///< empty: kedge's own
  /// Set on top of kedge's own environment; a later entry of the same name wins.
  std::vector<std::pair<std::string, std::string>> environment;
  ProcessLimits limits;
  Sandbox sandbox = Sandbox::kNone;
};

/// What came of one attempt to read or write.
enum class IoStatus {
  kOk,
  kTimeout,      ///< the deadline passed
  kClosed,       ///< the child ended, or closed this pipe
  kTooLong,      ///< the line is longer than allowed
  kOutputLimit,  ///< stdout and stderr exceeded ProcessLimits::output_bytes
};

struct ReadResult {
  IoStatus status = IoStatus::kOk;
  /// The line without its \n, when status is kOk; valid until the next call on the same child.
  std::string_view line;
};

/// A running child with pipes on stdin, stdout and stderr, in a session and process group of its
/// own. Its signal handlers and mask are the defaults, it inherits no other descriptor, and the
/// kernel kills it when the *thread* that started it ends: start and use it in the same thread.
///
/// When the child ends, everything it started is killed: its process group, and descendants that
/// left the group (kedge is their subreaper). Nothing is left behind, no zombie and no descriptor,
/// whatever the child did. The process must not wait for children by other means (waitpid(-1),
/// SIGCHLD handlers); children in kedge's own session, such as those of system(3), are left alone.
///
/// stderr is read along with everything else and only its end is kept.
/// Several objects may be used in several threads at once; one object only in one.
class ChildProcess {
 public:
  /// Starts the program. Throws Error: kUnavailable, naming the program, when it cannot be run
  /// (missing, not executable, no such working folder, no bubblewrap); kTemporary when the system
  /// has no process or descriptor left; kUsage for an empty argv or a NUL in an argument.
  static ChildProcess Start(const ProcessOptions& options);

  ChildProcess(ChildProcess&&) noexcept;
  ChildProcess& operator=(ChildProcess&&) noexcept;
  ~ChildProcess();  ///< Kill().

  /// Writes `bytes` to stdin. Never blocks past the deadline and never deadlocks with a child that
  /// writes at the same time: its output is collected meanwhile (up to the output limit, then
  /// kOutputLimit). kClosed when the child does not read any more.
  IoStatus Write(std::string_view bytes, Deadline deadline);

  /// The next line of stdout. An end of file, or the end of the child, with a last line unfinished
  /// is kClosed. kTooLong as soon as `max_bytes` have come without a \n; such a child is of no
  /// further use. A deadline that has passed already still returns a line that is already there.
  ReadResult ReadLine(Deadline deadline, std::size_t max_bytes);

  /// What is buffered of stdout and not yet returned as lines; takes it.
  std::string TakeOutput();

  void CloseStdin();

  /// A new accounting period for a child that serves many jobs: processor time and output count
  /// from zero again.
  void RenewLimits();
  /// True once stdout and stderr exceeded the output limit in this period.
  bool output_limit_reached() const;

  /// Waits for the end, collecting output. nullopt when the deadline passes or the output limit is
  /// reached first; the child then still runs.
  std::optional<ExitStatus> Wait(Deadline deadline);

  /// Asks politely: closes stdin, waits `grace`, sends SIGTERM to the group, waits `grace` again,
  /// then kills.
  ExitStatus Stop(std::chrono::milliseconds grace);

  /// Kills the child and everything it started, and collects it. Harmless when it has ended.
  ExitStatus Kill();

  /// Set once the child has been collected (by Wait, Stop or Kill).
  const std::optional<ExitStatus>& status() const;
  pid_t pid() const;
  /// The end of what it wrote to stderr so far, as bytes.
  std::string stderr_tail() const;

 private:
  class State;
  explicit ChildProcess(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Throws what ChildProcess::Start would throw for want of the program, its folder or bubblewrap,
/// without starting anything: to complain before work begins.
void CheckRunnable(const ProcessOptions& options);

/// True if `bwrap` can be found, which Sandbox::kBubblewrap needs.
bool BubblewrapPresent();

}  // namespace kedge::process
