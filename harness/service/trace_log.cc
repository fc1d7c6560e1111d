#include "harness/service/trace_log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/log.h"
#include "harness/trace/jsonl.h"

namespace kedge::service {
namespace {

constexpr std::string_view kPrefix = "traces-";
constexpr std::string_view kSuffix = ".jsonl";
constexpr std::size_t kDigits = 8;

Error SystemError(const std::string& what, const std::string& path) {
  const int code = errno;
  const bool denied = code == EACCES || code == EPERM || code == EROFS;
  return Error(denied ? ErrorKind::kNotPermitted : ErrorKind::kIo,
               what + ": " + std::generic_category().message(code))
      .At(path);
}

std::string NameOf(std::uint64_t number) {
  std::string digits = std::to_string(number);
  digits.insert(0, digits.size() < kDigits ? kDigits - digits.size() : 0, '0');
  return std::string(kPrefix) + digits + std::string(kSuffix);
}

// 0 for any other file.
std::uint64_t NumberOf(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return 0;
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(kSuffix.size());
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc{} && stop == name.data() + name.size() ? number : 0;
}

std::uint64_t LastNumber(const std::string& folder) {
  std::uint64_t last = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    last = std::max(last, NumberOf(entry.path().filename().string()));
  }
  return last;
}

}  // namespace

class TraceLog::State {
 public:
  State(std::string folder, std::size_t max_file_bytes)
      : folder_(std::move(folder)), max_file_bytes_(max_file_bytes) {}
  ~State() {
    if (fd_ >= 0) close(fd_);
    if (lock_ >= 0) close(lock_);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Not in the constructor, whose exception would leave descriptors open.
  void Start() {
    MakeFolders(folder_);
    Lock();
    number_ = std::max<std::uint64_t>(1, LastNumber(folder_));
    Open();
    CutPartialLine();
  }

  void Append(const std::vector<trace::Trace>& traces) {
    if (size_ >= max_file_bytes_) {
      ++number_;
      Open();
    }
    std::string lines;
    for (const trace::Trace& trace : traces) lines.append(trace::ToJsonLine(trace)).append("\n");
    if (!WriteAll(lines) || fdatasync(fd_) != 0) {
      const Error error = SystemError("cannot write", path_);
      CutTo(size_);
      throw error;
    }
    size_ += lines.size();
  }

  const std::string& path() const { return path_; }

  loop::ArchivePlace end() const {
    return {static_cast<std::int64_t>(number_), static_cast<std::int64_t>(size_)};
  }

  void ReadFrom(const loop::ArchivePlace& place,
                const std::function<void(trace::Trace&&)>& sink) const {
    if (!IsBetweenLines(place)) {
      return Log(LogLevel::kWarning, folder_ + ": holds no byte " + std::to_string(place.bytes) +
                                         " of file " + std::to_string(place.file) +
                                         ", where its reader stopped: goes on at the end");
    }
    auto begin = static_cast<std::uint64_t>(place.bytes);
    for (auto number = static_cast<std::uint64_t>(place.file); number <= number_; ++number) {
      ReadFile(folder_ + "/" + NameOf(number), begin, sink);
      begin = 0;
    }
  }

 private:
  bool IsBetweenLines(const loop::ArchivePlace& place) const {
    std::ifstream file(folder_ + "/" + NameOf(static_cast<std::uint64_t>(place.file)),
                       std::ios::binary);
    if (!file) return false;
    if (place.bytes == 0) return true;
    file.seekg(place.bytes - 1);
    return file.get() == '\n';
  }

  // A file that was taken away has nothing to read.
  static void ReadFile(const std::string& path, std::uint64_t begin,
                       const std::function<void(trace::Trace&&)>& sink) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return;
    file.seekg(static_cast<std::streamoff>(begin));
    std::string line;
    for (std::int64_t number = 1; std::getline(file, line); ++number) {
      auto trace = trace::FromJsonLine(line, path, number);
      if (trace) {
        sink(std::move(*trace));
      } else {
        Log(LogLevel::kWarning, "counted from byte " + std::to_string(begin) + ": " +
                                    std::string(trace.error().what()));
      }
    }
    if (file.bad()) throw Error(ErrorKind::kIo, "cannot read").At(path);
  }

  void Lock() {
    const std::string path = folder_ + "/.lock";
    lock_ = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
    if (lock_ < 0) throw SystemError("cannot open", path);
    if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
      throw Error(ErrorKind::kTemporary, "another process writes to this folder").At(folder_);
    }
  }

  void Open() {
    if (fd_ >= 0) close(fd_);
    path_ = folder_ + "/" + NameOf(number_);
    fd_ = open(path_.c_str(), O_CREAT | O_RDWR | O_APPEND | O_CLOEXEC, 0644);
    struct stat info {};
    if (fd_ < 0 || fstat(fd_, &info) != 0) throw SystemError("cannot open", path_);
    size_ = static_cast<std::size_t>(info.st_size);
  }

  void CutPartialLine() {
    std::size_t end = size_;
    char byte = '\n';
    while (end > 0) {
      if (pread(fd_, &byte, 1, static_cast<off_t>(end - 1)) != 1) {
        throw SystemError("cannot read", path_);
      }
      if (byte == '\n') break;
      --end;
    }
    if (end == size_) return;
    Log(LogLevel::kWarning, path_ + ": cut off " + std::to_string(size_ - end) +
                                " bytes of a line that was never finished");
    CutTo(end);
  }

  void CutTo(std::size_t size) {
    if (ftruncate(fd_, static_cast<off_t>(size)) != 0) throw SystemError("cannot cut", path_);
    size_ = size;
  }

  bool WriteAll(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = write(fd_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }

  const std::string folder_;
  const std::size_t max_file_bytes_;
  int lock_ = -1;
  int fd_ = -1;
  std::uint64_t number_ = 1;
  std::string path_;
  std::size_t size_ = 0;
};

TraceLog::TraceLog(std::string folder, std::size_t max_file_bytes)
    : state_(std::make_unique<State>(std::move(folder), max_file_bytes)) {
  state_->Start();
}
TraceLog::~TraceLog() = default;

void TraceLog::Append(const std::vector<trace::Trace>& traces) {
  if (!traces.empty()) state_->Append(traces);
}
loop::ArchivePlace TraceLog::end() const { return state_->end(); }
void TraceLog::ReadFrom(const loop::ArchivePlace& place,
                        const std::function<void(trace::Trace&&)>& sink) const {
  state_->ReadFrom(place, sink);
}
const std::string& TraceLog::current_file() const { return state_->path(); }

}  // namespace kedge::service
