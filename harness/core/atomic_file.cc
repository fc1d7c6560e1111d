#include "harness/core/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "harness/core/error.h"
#include "harness/core/file.h"

namespace kedge {
namespace {

constexpr std::size_t kBufferBytes = 1 << 16;

Error WriteError(const std::string& what, int code, const std::string& path) {
  const bool denied = code == EACCES || code == EPERM || code == EROFS;
  return Error(denied ? ErrorKind::kNotPermitted : ErrorKind::kIo,
               what + ": " + std::generic_category().message(code))
      .At(path);
}

// Makes the rename itself durable. Some file systems refuse to sync a folder; the file's content is
// safe either way, so that is no reason to fail.
void SyncFolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const int fd = open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

// The file that a symbolic link leads to, so that the link itself is not replaced.
std::string FollowLink(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) != 0 || !S_ISLNK(info.st_mode)) return path;
  std::error_code error;
  const std::filesystem::path target = std::filesystem::canonical(path, error);
  if (error) throw WriteError("cannot follow the symbolic link", error.value(), path);
  return target.string();
}

}  // namespace

// A file beside the target that disappears unless it takes the target's place.
class AtomicFile::Staged {
 public:
  Staged(const std::string& target, mode_t mode) : target_(target), name_(FreshName(target)) {
    fd_ = open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd_ < 0) throw WriteError("cannot write", errno, target_);
  }
  ~Staged() {
    if (fd_ >= 0) close(fd_);
    if (!placed_) unlink(name_.c_str());
  }
  Staged(const Staged&) = delete;
  Staged& operator=(const Staged&) = delete;

  void Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = write(fd_, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw WriteError("cannot write", errno, target_);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  void KeepMode(mode_t mode) {
    if (fchmod(fd_, mode) != 0) throw WriteError("cannot set permissions", errno, target_);
  }

  void Place() {
    if (fsync(fd_) != 0) throw WriteError("cannot write", errno, target_);
    const int fd = fd_;
    fd_ = -1;
    if (close(fd) != 0) throw WriteError("cannot write", errno, target_);
    if (rename(name_.c_str(), target_.c_str()) != 0) {
      throw WriteError("cannot replace the file", errno, target_);
    }
    placed_ = true;
  }

  const std::string& target() const { return target_; }

 private:
  static std::string FreshName(const std::string& target) {
    static std::atomic<unsigned> count{0};
    return target + ".tmp-" + std::to_string(getpid()) + "-" + std::to_string(count++);
  }

  const std::string target_;
  const std::string name_;
  int fd_ = -1;
  bool placed_ = false;
};

AtomicFile::AtomicFile(const std::string& path) {
  const std::string target = FollowLink(path);
  struct stat old {};
  const bool exists = stat(target.c_str(), &old) == 0;
  if (exists && !S_ISREG(old.st_mode)) {
    throw IoError("cannot replace what is not a regular file").At(path);
  }
  staged_ = std::make_unique<Staged>(target, 0666);
  if (exists) staged_->KeepMode(old.st_mode & 07777);
}

AtomicFile::~AtomicFile() = default;

void AtomicFile::Write(std::string_view bytes) {
  if (buffer_.size() + bytes.size() > kBufferBytes) {
    staged_->Write(buffer_);
    buffer_.clear();
  }
  if (bytes.size() > kBufferBytes) {
    staged_->Write(bytes);
  } else {
    buffer_.append(bytes);
  }
}

void AtomicFile::Commit() {
  staged_->Write(buffer_);
  buffer_.clear();
  staged_->Place();
  SyncFolderOf(staged_->target());
}

void WriteFileAtomic(const std::string& path, std::string_view bytes) {
  AtomicFile file(path);
  file.Write(bytes);
  file.Commit();
}

}  // namespace kedge
