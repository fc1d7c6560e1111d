#include "harness/run/journal_scan.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/core/error.h"

namespace kedge::run {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
constexpr std::size_t kLineChunkBytes = std::size_t{16} << 10;

// One pread, repeated when a signal interrupts it; 0 at the end of the file.
std::size_t ReadSome(int fd, const std::string& path, std::int64_t offset, char* out,
                     std::size_t length) {
  while (true) {
    const ssize_t got = pread(fd, out, length, offset);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) throw IoError(std::string("cannot read: ") + std::strerror(errno)).At(path);
  }
}

}  // namespace

std::int64_t ScanLines(
    int fd, const std::string& path,
    const std::function<void(std::int64_t, std::int64_t, std::string_view)>& on_line) {
  std::string buffer;
  std::int64_t buffer_offset = 0;
  std::int64_t line_number = 0;
  std::size_t searched = 0;  // bytes of the buffer known to hold no line end
  while (true) {
    const std::size_t old_size = buffer.size();
    buffer.resize(old_size + kChunkBytes);
    const std::size_t got = ReadSome(fd, path, buffer_offset + static_cast<std::int64_t>(old_size),
                                     buffer.data() + old_size, kChunkBytes);
    buffer.resize(old_size + got);
    if (got == 0) return buffer_offset;
    std::size_t line_start = 0;
    while (true) {
      const std::size_t line_end = buffer.find('\n', searched);
      if (line_end == std::string::npos) break;
      on_line(++line_number, buffer_offset + static_cast<std::int64_t>(line_start),
              std::string_view(buffer).substr(line_start, line_end - line_start));
      line_start = searched = line_end + 1;
    }
    buffer.erase(0, line_start);
    buffer_offset += static_cast<std::int64_t>(line_start);
    searched = buffer.size();
  }
}

std::string ReadLineAt(int fd, const std::string& path, std::int64_t offset) {
  std::string line;
  std::size_t searched = 0;
  while (true) {
    line.resize(searched + kLineChunkBytes);
    const std::size_t got = ReadSome(fd, path, offset + static_cast<std::int64_t>(searched),
                                     line.data() + searched, kLineChunkBytes);
    line.resize(searched + got);
    const std::size_t line_end = line.find('\n', searched);
    if (line_end != std::string::npos) {
      line.resize(line_end);
      return line;
    }
    if (got == 0) throw IoError("the file became shorter while it was in use").At(path);
    searched = line.size();
  }
}

std::string ReadAll(int fd, const std::string& path) {
  std::string bytes;
  while (true) {
    const std::size_t done = bytes.size();
    bytes.resize(done + kChunkBytes);
    const std::size_t got =
        ReadSome(fd, path, static_cast<std::int64_t>(done), bytes.data() + done, kChunkBytes);
    bytes.resize(done + got);
    if (got == 0) return bytes;
  }
}

}  // namespace kedge::run
