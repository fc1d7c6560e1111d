#include "harness/run/offset_index.h"

#include <utility>

namespace kedge::run {
namespace {

constexpr std::size_t kFirstCapacity = 1024;

}  // namespace

OffsetIndex::OffsetIndex() : entries_(kFirstCapacity) {}

// Where the key is, or the free place where it belongs.
std::size_t OffsetIndex::PlaceOf(std::uint64_t key) const {
  const std::size_t mask = entries_.size() - 1;
  std::size_t place = key & mask;
  while (entries_[place].offset >= 0 && entries_[place].key != key) place = (place + 1) & mask;
  return place;
}

void OffsetIndex::Grow() {
  std::vector<Entry> old(entries_.size() * 2);
  std::swap(old, entries_);
  for (const Entry& entry : old) {
    if (entry.offset >= 0) entries_[PlaceOf(entry.key)] = entry;
  }
}

bool OffsetIndex::Insert(std::uint64_t key, std::int64_t offset) {
  if ((size_ + 1) * 4 > entries_.size() * 3) Grow();
  Entry& entry = entries_[PlaceOf(key)];
  if (entry.offset >= 0) return false;
  entry = {key, offset};
  ++size_;
  return true;
}

std::optional<std::int64_t> OffsetIndex::Find(std::uint64_t key) const {
  const Entry& entry = entries_[PlaceOf(key)];
  if (entry.offset < 0) return std::nullopt;
  return entry.offset;
}

}  // namespace kedge::run
