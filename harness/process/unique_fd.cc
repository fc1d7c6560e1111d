#include "harness/process/unique_fd.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/core/error.h"

namespace kedge::process {
namespace {

constexpr int kFirstFreeNumber = 3;

[[noreturn]] void ThrowOutOfDescriptors(int error) {
  throw Error(ErrorKind::kTemporary, std::string("cannot make a pipe: ") + strerrordesc_np(error) +
                                         "; raise `ulimit -n` or lower the number of workers");
}

// With stdin or stdout of kedge itself closed, pipe2 hands out 0 or 1; move such a number away.
UniqueFd AboveStandardStreams(UniqueFd fd) {
  if (fd.get() >= kFirstFreeNumber) return fd;
  UniqueFd moved(::fcntl(fd.get(), F_DUPFD_CLOEXEC, kFirstFreeNumber));
  if (!moved.is_open()) ThrowOutOfDescriptors(errno);
  return moved;
}

}  // namespace

void UniqueFd::Close() noexcept {
  // On Linux the descriptor is gone even when close() reports EINTR: never retry.
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Pipe MakePipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) ThrowOutOfDescriptors(errno);
  UniqueFd read_end(ends[0]);
  UniqueFd write_end(ends[1]);
  return {AboveStandardStreams(std::move(read_end)), AboveStandardStreams(std::move(write_end))};
}

UniqueFd OpenPidfd(pid_t pid) {
  // The C library's header declares pidfd_open without extern "C" here.
  return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

void SetNonBlocking(const UniqueFd& fd) {
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0) {
    throw IoError(std::string("fcntl: ") + strerrordesc_np(errno));
  }
}

}  // namespace kedge::process
