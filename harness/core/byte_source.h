#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace kedge {

/// For readers that cut records themselves: the bytes of a file, decompressed on the way, in
/// constant memory.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills up to `size` > 0 bytes; 0 means the end. Throws kIo, or kBadData where the compression
  /// is damaged or cut off.
  virtual std::size_t Read(char* out, std::size_t size) = 0;
  /// How many bytes to expect in all; 0 when unknown.
  virtual std::size_t SizeHint() const { return 0; }
};

/// Opens a regular file, pipe or device. gzip (RFC 1952, several members too) and zstd (RFC 8878,
/// several frames too) are known by their magic numbers. Throws kMissingInput.
std::unique_ptr<ByteSource> OpenByteSource(const std::string& path);

}  // namespace kedge
