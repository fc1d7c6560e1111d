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

/// The line that starts at `offset`, without its end; throws Error(kIo) when the file ends first.
std::string ReadLineAt(int fd, const std::string& path, std::int64_t offset);

/// The whole file as it is.
std::string ReadAll(int fd, const std::string& path);

}  // namespace kedge::run
