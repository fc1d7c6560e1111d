#include "harness/process/child_setup.h"

#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace kedge::process {
namespace {

constexpr int kSetupFailedCode = 127;

// Only the soft limit of processor time is set below: the parent may have to raise it again (a
// worker's next job), and a hard limit cannot be raised without privilege.
bool Limit(__rlimit_resource resource, rlim_t value, bool soft_only) noexcept {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0) return false;
  limit.rlim_cur = std::min(value, limit.rlim_max);
  if (!soft_only) limit.rlim_max = limit.rlim_cur;
  return ::setrlimit(resource, &limit) == 0;
}

bool ApplyLimits(const ProcessLimits& limits) noexcept {
  bool ok = Limit(RLIMIT_CORE, 0, false);
  if (limits.cpu_seconds > 0) {
    ok = ok && Limit(RLIMIT_CPU, static_cast<rlim_t>(limits.cpu_seconds), true);
  }
  if (limits.memory_bytes > 0) {
    ok = ok && Limit(RLIMIT_AS, static_cast<rlim_t>(limits.memory_bytes), false);
  }
  if (limits.open_files > 0) {
    ok = ok && Limit(RLIMIT_NOFILE, static_cast<rlim_t>(limits.open_files), false);
  }
  return ok;
}

// Handlers first, mask second: a signal that was pending must not run the parent's handler here.
void DefaultSignals() noexcept {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &action, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

void ChildSetup::Apply() const noexcept {
  // A session, not only a group: a descendant may move between the groups of its session, so a
  // plain group could rejoin kedge's own; and the child has no terminal to stop at.
  if (::setsid() < 0) Fail(SetupStep::kSession, errno);
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) Fail(SetupStep::kParent, errno);
  // The parent may have died just before the line above.
  if (::getppid() != parent) Fail(SetupStep::kParent, ESRCH);
  if (folder != nullptr && ::chdir(folder) != 0) Fail(SetupStep::kFolder, errno);
  if (!ApplyLimits(limits)) Fail(SetupStep::kLimits, errno);
  // Libraries open descriptors without O_CLOEXEC. Kernels before 5.11 refuse this; then the
  // pipes, which carry the flag themselves, are still safe.
  ::syscall(SYS_close_range, 3U, UINT_MAX, CLOSE_RANGE_CLOEXEC);
  DefaultSignals();
}

void ChildSetup::Fail(SetupStep step, int error) const noexcept {
  const SetupFailure failure{step, error};
  ssize_t written;
  do {
    written = ::write(status_pipe, &failure, sizeof failure);
  } while (written < 0 && errno == EINTR);
  ::_exit(kSetupFailedCode);
}

}  // namespace kedge::process
