#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kedge {

inline constexpr std::size_t kDefaultMaxFileBytes = std::size_t{512} << 20;

/// Whole file as bytes; gzip and zstd are decompressed when the content starts with their magic
/// number. Throws kMissingInput (absent, unreadable, a directory), kBadData (above `max_bytes`
/// after decompression, or damaged compression), kIo.
std::string ReadFile(const std::string& path, std::size_t max_bytes = kDefaultMaxFileBytes);

/// Replaces `path` with `bytes`: written beside it, fsynced, renamed; on failure the old file is
/// untouched and nothing is left behind (a killed process may leave `path`.tmp-*). The old file's
/// permissions are kept; a symbolic link is followed; what is no regular file is refused. Creates
/// no folders. Throws kIo / kNotPermitted.
void WriteFileAtomic(const std::string& path, std::string_view bytes);

/// mkdir -p. Throws kIo / kNotPermitted.
void MakeFolders(const std::string& path);

/// The lines of a (possibly gzip or zstd compressed) text file, streamed in constant memory.
/// A line ends at \n; the last one may lack it; \r before \n is dropped.
class LineReader {
 public:
  /// `max_line_bytes`: a longer line throws kBadData with its number.
  explicit LineReader(const std::string& path, std::size_t max_line_bytes = std::size_t{64} << 20);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// The next line, valid until the next call; nullopt at the end. Throws kIo / kBadData.
  std::optional<std::string_view> Next();
  /// 1-based number of the line last returned.
  std::int64_t line_number() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge
