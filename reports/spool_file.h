#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace kedge::reports {

/// Holds text on disk instead of in memory until its place in a report is known. The file lies
/// beside the report (same file system, room for it there), has no name once it is open, and is
/// gone with the object or the process, however that ends. Not thread-safe. Throws kIo /
/// kNotPermitted.
class SpoolFile {
 public:
  /// `report`: path of the report that the text is for.
  explicit SpoolFile(const std::string& report);
  ~SpoolFile();
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  /// Buffered.
  void Write(std::string_view bytes);
  /// Bytes written so far.
  std::size_t size() const { return size_; }

  /// Passes everything written so far to `take`, from the start and in pieces that are valid for
  /// the call.
  void CopyTo(const std::function<void(std::string_view)>& take);

 private:
  void Flush();

  std::string report_;
  std::string buffer_;
  std::size_t size_ = 0;
  int fd_ = -1;
};

}  // namespace kedge::reports
