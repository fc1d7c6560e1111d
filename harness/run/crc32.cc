#include "harness/run/crc32.h"

#include <array>
#include <cstddef>

namespace kedge::run {
namespace {

constexpr std::uint32_t kReflectedPolynomial = 0xEDB88320u;
using CrcTables = std::array<std::array<std::uint32_t, 256>, 8>;

// Table k advances a byte through k further zero bytes, so eight bytes are folded at once.
constexpr CrcTables MakeCrcTables() {
  CrcTables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 1u) != 0 ? (value >> 1) ^ kReflectedPolynomial : value >> 1;
    }
    tables[0][i] = value;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t i = 0; i < 256; ++i) {
      const std::uint32_t previous = tables[k - 1][i];
      tables[k][i] = (previous >> 8) ^ tables[0][previous & 0xFFu];
    }
  }
  return tables;
}

constexpr CrcTables kCrcTables = MakeCrcTables();

std::uint32_t ByteAt(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}

}  // namespace

std::uint32_t Crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFFu;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    crc ^= ByteAt(bytes, i) | ByteAt(bytes, i + 1) << 8 | ByteAt(bytes, i + 2) << 16 |
           ByteAt(bytes, i + 3) << 24;
    crc = kCrcTables[7][crc & 0xFFu] ^ kCrcTables[6][(crc >> 8) & 0xFFu] ^
          kCrcTables[5][(crc >> 16) & 0xFFu] ^ kCrcTables[4][crc >> 24] ^
          kCrcTables[3][ByteAt(bytes, i + 4)] ^ kCrcTables[2][ByteAt(bytes, i + 5)] ^
          kCrcTables[1][ByteAt(bytes, i + 6)] ^ kCrcTables[0][ByteAt(bytes, i + 7)];
  }
  for (; i < bytes.size(); ++i) crc = (crc >> 8) ^ kCrcTables[0][(crc ^ ByteAt(bytes, i)) & 0xFFu];
  return crc ^ 0xFFFFFFFFu;
}

}  // namespace kedge::run
