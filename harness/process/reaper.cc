#include "harness/process/reaper.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "harness/core/error.h"

namespace kedge::process {
namespace {

constexpr int kStuckMillis = 10'000;
constexpr int kMaxSweepRounds = 1000;

// /proc files have no size; they are read until the end.
std::string ReadProcFile(const std::string& path) {
  std::string text;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"),
                                                       &std::fclose);
  if (!file) return text;
  char chunk[4096];
  while (const std::size_t n = std::fread(chunk, 1, sizeof chunk, file.get())) {
    text.append(chunk, n);
  }
  return text;
}

void AppendNumbers(std::string_view text, std::vector<pid_t>& numbers) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    pid_t pid = 0;
    const auto parsed = std::from_chars(at, end, pid);
    if (parsed.ec == std::errc()) numbers.push_back(pid);
    at = parsed.ptr + 1;
  }
}

// Every child of every thread of this process, zombies included.
std::vector<pid_t> DirectChildren() {
  std::vector<pid_t> children;
  std::error_code error;
  for (std::filesystem::directory_iterator it("/proc/self/task", error), end; it != end;
       it.increment(error)) {
    if (error) break;
    AppendNumbers(ReadProcFile(it->path().string() + "/children"), children);
  }
  return children;
}

bool WaitReadable(int fd, int timeout_millis) {
  pollfd entry{fd, POLLIN, 0};
  int ready;
  do {
    ready = ::poll(&entry, 1, timeout_millis);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

// A parent that ignored SIGCHLD passes that on through exec; then the kernel would throw away
// every exit status and reuse process numbers under our feet.
void StopIgnoringChildren() {
  struct sigaction current {};
  if (::sigaction(SIGCHLD, nullptr, &current) == 0 && current.sa_handler == SIG_IGN) {
    ::signal(SIGCHLD, SIG_DFL);
  }
}

}  // namespace

Reaper::Reaper() {
  StopIgnoringChildren();
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

Reaper& Reaper::Instance() {
  // Never destroyed: children may be collected while other statics go away.
  static Reaper* const reaper = new Reaper;
  return *reaper;
}

std::shared_lock<std::shared_mutex> Reaper::LockForLaunch() {
  return std::shared_lock<std::shared_mutex>(lifecycle_);
}

std::uint64_t Reaper::NewToken() {
  const std::lock_guard lock(book_);
  return ++last_token_;
}

void Reaper::Register(pid_t pid, std::uint64_t token) {
  const std::lock_guard lock(book_);
  pids_.insert(pid);
  tokens_.insert(token);
}

std::string Reaper::TokenEntry(std::uint64_t token) {
  return std::string(kTokenVariable) + "=" + std::to_string(::getpid()) + "." +
         std::to_string(token);
}

ExitStatus Reaper::Collect(const ChildHandle& child) {
  // Not yet collected, so neither its number nor its group's can have been given to anyone else.
  ::kill(-child.pid, SIGKILL);
  ::kill(child.pid, SIGKILL);
  if (!WaitReadable(child.pidfd.get(), kStuckMillis)) return {};
  const std::unique_lock lifecycle(lifecycle_);
  int wait_status = 0;
  pid_t collected;
  do {
    collected = ::waitpid(child.pid, &wait_status, 0);
  } while (collected < 0 && errno == EINTR);
  {
    const std::lock_guard lock(book_);
    pids_.erase(child.pid);
    tokens_.erase(child.token);
  }
  SweepEscaped();
  return collected == child.pid ? ExitStatusFromWait(wait_status) : ExitStatus{};
}

// Killing one inherited descendant hands its own children to us: repeat until a round finds none.
void Reaper::SweepEscaped() {
  const pid_t own_session = ::getsid(0);
  for (int round = 0; round < kMaxSweepRounds; ++round) {
    bool found = false;
    for (const pid_t pid : DirectChildren()) {
      {
        const std::lock_guard lock(book_);
        if (pids_.contains(pid)) continue;
      }
      // Every child started here leads a session of its own, and a session cannot be joined: what
      // is in our session was started by somebody else in this process.
      if (::getsid(pid) == own_session) continue;
      if (KillIfEscaped(pid)) found = true;
    }
    if (!found) return;
  }
}

bool Reaper::KillIfEscaped(pid_t pid) {
  if (BelongsToLiveChild(pid)) return false;
  const UniqueFd pidfd = OpenPidfd(pid);
  ::kill(pid, SIGKILL);
  if (!pidfd.is_open() || !WaitReadable(pidfd.get(), kStuckMillis)) return false;
  int wait_status = 0;
  return ::waitpid(pid, &wait_status, WNOHANG) == pid;
}

bool Reaper::BelongsToLiveChild(pid_t pid) const {
  const std::string environment = ReadProcFile("/proc/" + std::to_string(pid) + "/environ");
  const std::string key = std::string(kTokenVariable) + "=" + std::to_string(::getpid()) + ".";
  const std::size_t at = environment.find(key);
  if (at == std::string::npos) return false;
  std::uint64_t token = 0;
  const char* const first = environment.data() + at + key.size();
  std::from_chars(first, environment.data() + environment.size(), token);
  const std::lock_guard lock(book_);
  return tokens_.contains(token);
}

}  // namespace kedge::process
