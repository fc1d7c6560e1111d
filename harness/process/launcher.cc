#include "harness/process/launcher.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/process/child.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/posix.hpp>
#include <cerrno>
#include <cstring>
#include <optional>

#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/process/child_setup.h"
#include "harness/process/command.h"

namespace kedge::process {
namespace {

namespace bp = boost::process;

// No signal may reach this thread while a vfork child runs on its memory.
class AllSignalsBlocked {
 public:
  AllSignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~AllSignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  AllSignalsBlocked(const AllSignalsBlocked&) = delete;
  AllSignalsBlocked& operator=(const AllSignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

// A null-terminated array of C strings over strings that outlive it.
std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Hooks into Boost's executor: names program, arguments and environment before the fork, prepares
// the child after it, and tells of a failed exec.
struct LaunchHooks : bp::extend::handler {
  const char* program;
  char* const* argv;
  char** environment;
  const ChildSetup* setup;
  pid_t* failed_pid;

  template <class Executor>
  void on_setup(Executor& executor) const {
    executor.exe = program;
    executor.cmd_line = argv;
    executor.env = environment;
  }
  template <class Executor>
  void on_exec_setup(Executor&) const {
    setup->Apply();
  }
  template <class Executor>
  void on_exec_error(Executor&, const std::error_code& error) const {
    setup->Fail(SetupStep::kExec, error.value());
  }
  template <class Executor>
  void on_error(Executor& executor, const std::error_code&) const {
    *failed_pid = executor.pid;
  }
};

// Ends when the last write end is closed: by a failure, or by exec.
std::optional<SetupFailure> ReadFailure(const UniqueFd& status_pipe) {
  SetupFailure failure;
  ssize_t n;
  do {
    n = ::read(status_pipe.get(), &failure, sizeof failure);
  } while (n < 0 && errno == EINTR);
  if (n == static_cast<ssize_t>(sizeof failure)) return failure;
  return std::nullopt;
}

[[noreturn]] void ThrowFailure(const Command& command, const SetupFailure& failure) {
  const std::string reason = strerrordesc_np(failure.error);
  const std::string name = "program '" + EscapeControls(command.program) + "' ";
  switch (failure.step) {
    case SetupStep::kFolder:
      throw Error(ErrorKind::kUnavailable,
                  name + "cannot enter folder '" + EscapeControls(command.folder) + "': " + reason);
    case SetupStep::kLimits:
      throw Error(ErrorKind::kUnavailable, name + "cannot have these limits: " + reason);
    case SetupStep::kSession:
    case SetupStep::kParent:
      throw InternalError(name + "could not be set up: " + reason);
    case SetupStep::kExec:
      break;
  }
  // The file is there and executable, so ENOENT means the interpreter in its first line.
  std::string hint;
  if (failure.error == ENOENT) hint = " (is the interpreter in its #! line installed?)";
  if (failure.error == ENOEXEC) hint = " (has it a #! line?)";
  throw Error(ErrorKind::kUnavailable, name + "cannot be run: " + reason + hint);
}

[[noreturn]] void ThrowForkFailure(const std::error_code& error) {
  throw Error(ErrorKind::kTemporary, "cannot start another process: " + error.message() +
                                         "; raise `ulimit -u` or lower the number of workers");
}

// Starts the child and returns its number; throws when it could not be set up or executed.
pid_t Spawn(const Command& command, ChildSetup setup, int in, int out, int err) {
  std::vector<char*> argv = Pointers(command.argv);
  std::vector<char*> environment = Pointers(command.environment);
  Pipe status = MakePipe();
  setup.status_pipe = status.write_end.get();
  pid_t pid = -1;
  LaunchHooks hooks;
  hooks.program = command.program.c_str();
  hooks.argv = argv.data();
  hooks.environment = environment.data();
  hooks.setup = &setup;
  hooks.failed_pid = &pid;
  std::error_code error;
  {
    const AllSignalsBlocked blocked;
    bp::child child(hooks, bp::posix::fd.bind(0, in), bp::posix::fd.bind(1, out),
                    bp::posix::fd.bind(2, err), bp::posix::use_vfork, error);
    if (!error) pid = child.id();
    child.detach();
  }
  if (pid <= 0) ThrowForkFailure(error);
  // The status pipe, not `error`, tells whether exec worked: it also does where vfork is a plain
  // fork (ThreadSanitizer, some containers' kernels), which shares no memory with the child.
  status.write_end.Close();
  if (const auto failure = ReadFailure(status.read_end)) {
    ::waitpid(pid, nullptr, 0);
    ThrowFailure(command, *failure);
  }
  return pid;
}

}  // namespace

Launched Launch(const ProcessOptions& options) {
  Reaper& reaper = Reaper::Instance();
  const std::uint64_t token = reaper.NewToken();
  const Command command = ResolveCommand(options, token);
  Pipe in = MakePipe();
  Pipe out = MakePipe();
  Pipe err = MakePipe();
  SetNonBlocking(in.write_end);
  SetNonBlocking(out.read_end);
  SetNonBlocking(err.read_end);
  ChildSetup setup;
  setup.parent = ::getpid();
  setup.folder = command.folder.empty() ? nullptr : command.folder.c_str();
  setup.limits = options.limits;
  Launched launched{
      {-1, token, {}}, std::move(in.write_end), std::move(out.read_end), std::move(err.read_end)};
  const auto lock = reaper.LockForLaunch();
  const pid_t pid =
      Spawn(command, setup, in.read_end.get(), out.write_end.get(), err.write_end.get());
  launched.child.pid = pid;
  launched.child.pidfd = OpenPidfd(pid);
  if (!launched.child.pidfd.is_open()) {
    const int error = errno;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    throw Error(error == ENOSYS ? ErrorKind::kUnavailable : ErrorKind::kTemporary,
                std::string("pidfd_open: ") + strerrordesc_np(error) +
                    (error == ENOSYS ? "; Linux 5.3 or later is needed" : ""));
  }
  reaper.Register(pid, token);
  return launched;
}

}  // namespace kedge::process
