#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace kedge::text {

/// Which of up to 64 bytes belong to a class; bit i stands for byte i, unused bits are 0.
struct ByteMasks {
  std::uint64_t digit = 0;
  std::uint64_t alpha = 0;   ///< ASCII letters
  std::uint64_t high = 0;    ///< bytes >= 0x80
  std::uint64_t escape = 0;  ///< '%', '&', '\\'
  std::uint64_t glue = 0;    ///< '+', '/', '-', '_': inside base64 and base64url
};

/// Reads `bytes` (at most 64) bytes at `from`. Uses SSE2 where the compiler targets it.
ByteMasks MasksOf(const char* from, std::size_t bytes);

/// As MasksOf, of ASCII digits only.
std::uint64_t DigitMask(const char* from, std::size_t bytes);

/// As MasksOf, of the bytes that are one of `wanted`.
std::uint64_t MaskOfAny(const char* from, std::size_t bytes, const std::array<char, 4>& wanted);

}  // namespace kedge::text
