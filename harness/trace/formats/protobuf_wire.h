#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kedge::trace {

/// One field of a protocol buffers message, as it is on the wire.
struct WireField {
  std::uint32_t number = 0;
  int type = 0;             ///< 0 varint, 1 64 bit, 2 length-delimited, 5 32 bit
  std::uint64_t value = 0;  ///< of the scalar types
  std::string_view bytes;   ///< of type 2; points into the message
};

/// Walks over the fields of a message (protobuf.dev, "Encoding") without knowing its schema.
/// Allocates nothing; never reads outside the message.
class WireReader {
 public:
  explicit WireReader(std::string_view message) : message_(message) {}

  /// The next field; false at the end and where the message is damaged (`ok` tells which). Groups
  /// (types 3 and 4), which no supported schema uses, count as damage.
  bool Next(WireField& out);
  bool ok() const { return ok_; }
  /// Where the damage is, in bytes from the start of the message.
  std::size_t position() const { return at_; }

 private:
  bool Varint(std::uint64_t& out);
  bool Fixed(std::size_t size, std::uint64_t& out);
  bool Damaged();

  std::string_view message_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace kedge::trace
