#include "harness/process/pump.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "harness/core/error.h"

namespace kedge::process {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10;
// A pipe holds at most 1 MiB (fs.pipe-max-size) unless a descendant keeps writing.
constexpr int kMaxDrainReads = 64;
constexpr std::size_t kKeepCapacity = std::size_t{1} << 20;

// Writing to a pipe that nobody reads raises SIGPIPE in this thread; turn it into EPIPE without
// touching the process-wide handler.
class SigpipeSuppressed {
 public:
  SigpipeSuppressed() {
    ::sigemptyset(&sigpipe_);
    ::sigaddset(&sigpipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
  }
  ~SigpipeSuppressed() {
    const int saved = errno;
    if (raised_ && ::sigismember(&before_, SIGPIPE) == 0) {
      const timespec none{};
      ::sigtimedwait(&sigpipe_, nullptr, &none);
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = saved;
  }
  SigpipeSuppressed(const SigpipeSuppressed&) = delete;
  SigpipeSuppressed& operator=(const SigpipeSuppressed&) = delete;

  void Raised() { raised_ = true; }

 private:
  sigset_t sigpipe_;
  sigset_t before_;
  bool raised_ = false;
};

// Appends what can be read now, at most one chunk. False at the end of the file.
bool ReadChunk(const UniqueFd& fd, std::string& into, std::size_t& count) {
  std::array<char, kChunk> chunk;
  ssize_t n;
  do {
    n = ::read(fd.get(), chunk.data(), chunk.size());
  } while (n < 0 && errno == EINTR);
  if (n < 0) return errno == EAGAIN;
  into.append(chunk.data(), static_cast<std::size_t>(n));
  count += static_cast<std::size_t>(n);
  return n > 0;
}

}  // namespace

Pump::Pump(Launched launched, const ProcessLimits& limits)
    : pipes_(std::move(launched)),
      max_output_(limits.output_bytes == 0 ? kDefaultOutputBytes : limits.output_bytes),
      max_tail_(limits.stderr_tail) {}

bool Pump::limit_reached() const { return output_bytes_ > max_output_; }

bool Pump::Step(Deadline deadline, bool want_write) {
  if (ended_) return true;
  const bool read_more = !limit_reached();
  const auto readable = [&](const UniqueFd& fd) { return read_more ? fd.get() : -1; };
  std::array<pollfd, 4> entries{{{readable(pipes_.out), POLLIN, 0},
                                 {readable(pipes_.err), POLLIN, 0},
                                 {pipes_.child.pidfd.get(), POLLIN, 0},
                                 {want_write ? pipes_.in.get() : -1, POLLOUT, 0}}};
  const int ready = ::poll(entries.data(), entries.size(), deadline.PollTimeout());
  if (ready < 0 && errno != EINTR) throw IoError(std::string("poll: ") + strerrordesc_np(errno));
  if (ready <= 0) return ready < 0;
  if (entries[0].revents != 0) ReadOutput();
  if (entries[1].revents != 0) ReadErrors();
  if (entries[2].revents != 0) DrainAfterEnd();
  return true;
}

void Pump::ReadOutput() {
  Compact();
  if (!ReadChunk(pipes_.out, output_, output_bytes_)) pipes_.out.Close();
}

void Pump::ReadErrors() {
  if (!ReadChunk(pipes_.err, stderr_tail_, output_bytes_)) pipes_.err.Close();
  if (stderr_tail_.size() > max_tail_) stderr_tail_.erase(0, stderr_tail_.size() - max_tail_);
}

// The child is a zombie now: its last words are in the pipes, and what it started is killed so
// that nobody else writes there.
void Pump::DrainAfterEnd() {
  ::kill(-pipes_.child.pid, SIGKILL);
  for (int reads = 0; reads < kMaxDrainReads && !limit_reached(); ++reads) {
    const std::size_t before = output_bytes_;
    if (pipes_.out.is_open()) ReadOutput();
    if (pipes_.err.is_open()) ReadErrors();
    if (output_bytes_ == before) break;
  }
  ended_ = true;
  ClosePipes();
}

void Pump::ClosePipes() {
  pipes_.in.Close();
  pipes_.out.Close();
  pipes_.err.Close();
}

std::optional<std::size_t> Pump::TryWrite(std::string_view bytes) {
  if (!pipes_.in.is_open()) return std::nullopt;
  SigpipeSuppressed quiet;
  ssize_t n;
  do {
    n = ::write(pipes_.in.get(), bytes.data(), bytes.size());
  } while (n < 0 && errno == EINTR);
  if (n >= 0) return static_cast<std::size_t>(n);
  if (errno == EAGAIN) return 0;
  if (errno == EPIPE) quiet.Raised();
  return std::nullopt;
}

std::optional<std::string_view> Pump::NextLine() {
  const std::size_t newline = output_.find('\n', std::max(scanned_, start_));
  if (newline == std::string::npos) {
    scanned_ = output_.size();
    return std::nullopt;
  }
  const std::string_view line(output_.data() + start_, newline - start_);
  start_ = scanned_ = newline + 1;
  return line;
}

std::string Pump::TakeOutput() {
  std::string rest = start_ == 0 ? std::move(output_) : output_.substr(start_);
  output_.clear();
  start_ = scanned_ = 0;
  return rest;
}

// Drops what has been handed out, when that is cheap: the buffer is empty, or half of it is spent.
void Pump::Compact() {
  if (start_ == output_.size()) {
    output_.clear();
    if (output_.capacity() > kKeepCapacity) output_.shrink_to_fit();
  } else if (start_ > kChunk && start_ > output_.size() / 2) {
    output_.erase(0, start_);
  } else {
    return;
  }
  scanned_ -= std::min(scanned_, start_);
  start_ = 0;
}

}  // namespace kedge::process
