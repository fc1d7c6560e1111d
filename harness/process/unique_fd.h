#pragma once

#include <sys/types.h>

#include <utility>

namespace kedge::process {

/// Owns one file descriptor and closes it at the end of its life. Movable; -1 means none.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
      Close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  ~UniqueFd() { Close(); }

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void Close() noexcept;

 private:
  int fd_ = -1;
};

/// The two ends of a pipe; both are close-on-exec and numbered 3 or higher, so that no sibling
/// inherits them and binding them to 0, 1 and 2 in a child never collides.
struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

/// Throws Error(kTemporary) when the process has no descriptor left.
Pipe MakePipe();

/// A descriptor that becomes readable when the process ends (pidfd_open(2), Linux 5.3);
/// close-on-exec. Not open on failure, with the reason in errno.
UniqueFd OpenPidfd(pid_t pid);

/// Makes read(2) and write(2) on this end return at once.
void SetNonBlocking(const UniqueFd& fd);

}  // namespace kedge::process
