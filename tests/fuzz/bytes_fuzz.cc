// Any bytes as a file that may be compressed: the pieces that are asked for change nothing, and
// what bears no magic number comes back as it is.

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/byte_source.h"
#include "harness/core/error.h"
#include "tests/fuzz/input_file.h"

namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 22;

struct Read {
  std::string bytes;
  bool damaged = false;
};

Read ReadInPieces(const std::string& path, std::size_t piece) {
  Read read;
  std::vector<char> buffer(piece);
  try {
    const auto source = kedge::OpenByteSource(path);
    while (read.bytes.size() < kMostBytes) {
      const std::size_t got = source->Read(buffer.data(), buffer.size());
      if (got == 0) return read;
      read.bytes.append(buffer.data(), got);
    }
  } catch (const kedge::Error&) {
    read.damaged = true;
  }
  return read;
}

bool IsPacked(std::string_view bytes) {
  if (bytes.starts_with("\x1f\x8b") || bytes.starts_with("\x28\xb5\x2f\xfd")) return true;
  // Skippable frames of zstd.
  return bytes.size() >= 4 && (bytes[0] & '\xf0') == '\x50' && bytes.substr(1, 3) == "\x2a\x4d\x18";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string& path = kedge::fuzz::InputFile(data, size);
  const Read large = ReadInPieces(path, std::size_t{1} << 16);
  const Read small = ReadInPieces(path, 3);
  const std::size_t both = std::min(large.bytes.size(), small.bytes.size());
  if (large.bytes.substr(0, both) != small.bytes.substr(0, both)) std::abort();
  if (both < kMostBytes && (large.damaged != small.damaged)) std::abort();
  if (!IsPacked(text) && (large.damaged || large.bytes != text)) std::abort();
  return 0;
}
