#include "harness/core/file.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "harness/core/byte_source.h"
#include "harness/core/error.h"

namespace kedge {

std::string ReadFile(const std::string& path, std::size_t max_bytes) {
  const auto source = OpenByteSource(path);
  constexpr std::size_t kFirstGuess = 64 << 10;
  std::string bytes;
  // One byte more than expected, so that the end is seen without growing.
  bytes.resize(source->SizeHint() > 0 ? std::min(source->SizeHint(), max_bytes) + 1 : kFirstGuess);
  std::size_t used = 0;
  while (const std::size_t got = source->Read(bytes.data() + used, bytes.size() - used)) {
    used += got;
    if (used > max_bytes) {
      throw BadData("holds more than " + std::to_string(max_bytes) + " bytes").At(path);
    }
    if (used == bytes.size()) bytes.resize(2 * used);
  }
  bytes.resize(used);
  return bytes;
}

void MakeFolders(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) return;
  const bool denied = error == std::errc::permission_denied ||
                      error == std::errc::read_only_file_system ||
                      error == std::errc::operation_not_permitted;
  throw Error(denied ? ErrorKind::kNotPermitted : ErrorKind::kIo,
              "cannot make the folder: " + error.message())
      .At(path);
}

}  // namespace kedge
