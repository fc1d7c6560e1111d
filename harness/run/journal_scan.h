#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace kedge::run {

/// Reads the complete lines of an open file in constant memory (plus the longest line), calling
/// `on_line(line number from 1, offset, line without its end)`. Returns the offset behind the last
/// complete line; what follows it is a torn line. Throws Error(kIo) naming `path`.
std::int64_t ScanLines(
    int fd, const std::string& path,
    const std::function<void(std::int64_t, std::int64_t, std::string_view)>& on_line);

/// `length` bytes at `offset`; throws Error(kIo) when the file is shorter.
std::string ReadAt(int fd, const std::string& path, std::int64_t offset, std::size_t length);

}  // namespace kedge::run
