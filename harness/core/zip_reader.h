#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kedge {

/// Reads zip archives (PKWARE's APPNOTE 6.3) that are held in memory: entries stored or deflated,
/// no encryption, no zip64, one disk. Keeps no copy: `bytes` must outlive the reader. Thread-safe.
class ZipReader {
 public:
  struct Entry {
    std::string name;
    std::uint32_t size = 0;  ///< after decompression, as the directory claims
  };

  /// Reads the directory. Throws Error(kBadData) when there is none or it is damaged.
  explicit ZipReader(std::string_view bytes);

  /// True if `bytes` starts like a zip archive.
  static bool IsZip(std::string_view bytes) { return bytes.starts_with("PK\x03\x04"); }

  /// In the order of the directory.
  const std::vector<Entry>& entries() const { return entries_; }

  /// The content of entries()[index], checked against its length and CRC-32. Throws
  /// Error(kBadData) when it is damaged, larger than `max_bytes` or packed in another way.
  std::string Read(std::size_t index, std::size_t max_bytes = std::size_t{256} << 20) const;

 private:
  struct Place {
    std::uint32_t method = 0;
    std::uint32_t flags = 0;
    std::uint32_t crc = 0;
    std::uint32_t packed_size = 0;
    std::uint32_t header_at = 0;
  };

  std::string_view PackedBytes(const Place& place) const;

  std::string_view bytes_;
  std::vector<Entry> entries_;
  std::vector<Place> places_;
};

}  // namespace kedge
