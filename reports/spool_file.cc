#include "reports/spool_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "harness/core/error.h"

namespace kedge::reports {
namespace {

constexpr std::size_t kSpoolBufferBytes = 1 << 16;

Error SpoolError(const char* what, int code, const std::string& report) {
  const bool denied = code == EACCES || code == EPERM || code == EROFS;
  return Error(denied ? ErrorKind::kNotPermitted : ErrorKind::kIo,
               std::string(what) + ": " + std::generic_category().message(code))
      .At(report);
}

}  // namespace

SpoolFile::SpoolFile(const std::string& report) : report_(report) {
  std::string name = report + ".tmp-XXXXXX";
  fd_ = mkostemp(name.data(), O_CLOEXEC);
  if (fd_ < 0) throw SpoolError("cannot write beside the report", errno, report_);
  unlink(name.c_str());
}

SpoolFile::~SpoolFile() { close(fd_); }

void SpoolFile::Write(std::string_view bytes) {
  buffer_.append(bytes);
  size_ += bytes.size();
  if (buffer_.size() >= kSpoolBufferBytes) Flush();
}

void SpoolFile::Flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t count = write(fd_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw SpoolError("cannot write beside the report", errno, report_);
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  buffer_.clear();
}

void SpoolFile::CopyTo(const std::function<void(std::string_view)>& take) {
  Flush();
  std::string piece(kSpoolBufferBytes, '\0');
  for (std::size_t at = 0; at < size_;) {
    const ssize_t count = pread(fd_, piece.data(), piece.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw SpoolError("cannot read back", count < 0 ? errno : EIO, report_);
    const auto bytes = static_cast<std::size_t>(count);
    take(std::string_view(piece.data(), bytes));
    at += bytes;
  }
}

}  // namespace kedge::reports
