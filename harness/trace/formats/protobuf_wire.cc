#include "harness/trace/formats/protobuf_wire.h"

namespace kedge::trace {

bool WireReader::Next(WireField& out) {
  if (!ok_ || at_ == message_.size()) return false;
  std::uint64_t tag = 0;
  if (!Varint(tag)) return Damaged();
  out = {};
  out.type = static_cast<int>(tag & 7);
  const std::uint64_t number = tag >> 3;
  if (number == 0 || number > 536870911) return Damaged();
  out.number = static_cast<std::uint32_t>(number);
  switch (out.type) {
    case 0:
      return Varint(out.value) || Damaged();
    case 1:
      return Fixed(8, out.value) || Damaged();
    case 5:
      return Fixed(4, out.value) || Damaged();
    case 2: {
      std::uint64_t length = 0;
      if (!Varint(length) || length > message_.size() - at_) return Damaged();
      out.bytes = message_.substr(at_, length);
      at_ += length;
      return true;
    }
    default:
      return Damaged();
  }
}

bool WireReader::Varint(std::uint64_t& out) {
  out = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (at_ == message_.size()) return false;
    const auto byte = static_cast<unsigned char>(message_[at_++]);
    out |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return shift < 63 || byte < 2;
  }
  return false;
}

bool WireReader::Fixed(std::size_t size, std::uint64_t& out) {
  if (message_.size() - at_ < size) return false;
  out = 0;
  for (std::size_t i = 0; i < size; ++i) {
    out |= std::uint64_t{static_cast<unsigned char>(message_[at_ + i])} << (8 * i);
  }
  at_ += size;
  return true;
}

bool WireReader::Damaged() {
  ok_ = false;
  return false;
}

}  // namespace kedge::trace
