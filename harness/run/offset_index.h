#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace kedge::run {

/// From 64-bit keys (already hashes) to file offsets, 16 bytes an entry in one array (open
/// addressing, linear probing, at most 3/4 full): a run of 100,000 episodes keeps 4 MB. Not
/// thread-safe.
class OffsetIndex {
 public:
  OffsetIndex();
  /// False, and nothing changes, when the key is present. `offset` >= 0.
  bool Insert(std::uint64_t key, std::int64_t offset);
  std::optional<std::int64_t> Find(std::uint64_t key) const;
  std::size_t size() const { return size_; }

 private:
  struct Entry {
    std::uint64_t key = 0;
    std::int64_t offset = -1;  // -1: free
  };
  std::size_t PlaceOf(std::uint64_t key) const;
  void Grow();

  std::vector<Entry> entries_;  // a power of two
  std::size_t size_ = 0;
};

}  // namespace kedge::run
