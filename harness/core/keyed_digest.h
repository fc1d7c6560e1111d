#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace kedge {

/// A secret that digests are keyed with: who lacks it can neither recompute nor guess them.
/// Value type; the bytes are not wiped from memory.
class DigestKey {
 public:
  static constexpr std::size_t kBytes = 32;

  /// 64 hexadecimal digits (white space around them is ignored). Throws Error(kBadData).
  static DigestKey FromHex(std::string_view hex);
  /// From the file of that name, which holds such digits. Throws kMissingInput / kBadData.
  static DigestKey Load(const std::string& path);
  /// Load; but where there is no such file one is made with fresh digits, readable by its owner
  /// only. Throws kBadData / kIo / kNotPermitted.
  static DigestKey LoadOrCreate(const std::string& path);
  /// A fresh key from the system's random source.
  static DigestKey Random();

  /// First `digits` (1 to 64) lower-case hexadecimal digits of keyed BLAKE2b (RFC 7693).
  std::string Hex(std::string_view bytes, std::size_t digits) const;

 private:
  std::array<unsigned char, kBytes> key_{};
};

}  // namespace kedge
