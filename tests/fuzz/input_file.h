#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace kedge::fuzz {

/// Path of a file in memory that holds the input; the next call overwrites it.
inline const std::string& InputFile(const std::uint8_t* data, std::size_t size) {
  static const int fd = memfd_create("fuzz", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(fd);
  const bool written =
      ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == static_cast<ssize_t>(size);
  if (!written) std::abort();
  return path;
}

}  // namespace kedge::fuzz
