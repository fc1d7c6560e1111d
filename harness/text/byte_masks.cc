#include "harness/text/byte_masks.h"

#include <algorithm>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace kedge::text {
namespace {

constexpr std::size_t kBlock = 64;

#if defined(__SSE2__)

__m128i InRange(__m128i bytes, char first, char last) {
  // Signed comparisons: bytes from 0x80 on are negative and in none of our ASCII ranges.
  return _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(static_cast<char>(first - 1))),
                       _mm_cmplt_epi8(bytes, _mm_set1_epi8(static_cast<char>(last + 1))));
}

__m128i Is(__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); }

std::uint64_t Bits(__m128i mask, unsigned shift) {
  return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(mask))) << shift;
}

ByteMasks BlockMasks(const char* from) {
  ByteMasks out;
  for (unsigned i = 0; i < kBlock; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));
    const __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    out.digit |= Bits(InRange(bytes, '0', '9'), i);
    out.alpha |= Bits(InRange(lower, 'a', 'z'), i);
    out.high |= Bits(bytes, i);
    out.escape |=
        Bits(_mm_or_si128(_mm_or_si128(Is(bytes, '%'), Is(bytes, '&')), Is(bytes, '\\')), i);
    out.glue |= Bits(_mm_or_si128(_mm_or_si128(Is(bytes, '+'), Is(bytes, '/')),
                                  _mm_or_si128(Is(bytes, '-'), Is(bytes, '_'))),
                     i);
  }
  return out;
}

std::uint64_t BlockDigits(const char* from) {
  std::uint64_t out = 0;
  for (unsigned i = 0; i < kBlock; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));
    out |= Bits(InRange(bytes, '0', '9'), i);
  }
  return out;
}

std::uint64_t BlockAny(const char* from, const std::array<char, 4>& wanted) {
  std::uint64_t out = 0;
  for (unsigned i = 0; i < kBlock; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));
    const __m128i one = _mm_or_si128(Is(bytes, wanted[0]), Is(bytes, wanted[1]));
    const __m128i other = _mm_or_si128(Is(bytes, wanted[2]), Is(bytes, wanted[3]));
    out |= Bits(_mm_or_si128(one, other), i);
  }
  return out;
}

#else

ByteMasks BlockMasks(const char* from) {
  ByteMasks out;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const char c = from[i];
    const std::uint64_t bit = std::uint64_t{1} << i;
    if (c >= '0' && c <= '9') out.digit |= bit;
    const int lower = static_cast<unsigned char>(c) | 0x20;
    if (lower >= 'a' && lower <= 'z') out.alpha |= bit;
    if (static_cast<unsigned char>(c) >= 0x80) out.high |= bit;
    if (c == '%' || c == '&' || c == '\\') out.escape |= bit;
    if (c == '+' || c == '/' || c == '-' || c == '_') out.glue |= bit;
  }
  return out;
}

std::uint64_t BlockDigits(const char* from) { return BlockMasks(from).digit; }

std::uint64_t BlockAny(const char* from, const std::array<char, 4>& wanted) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const bool found = std::find(wanted.begin(), wanted.end(), from[i]) != wanted.end();
    out |= std::uint64_t{found} << i;
  }
  return out;
}

#endif

// What `of` says of a whole block, the last one filled up with zero bytes.
template <typename Of>
auto OfBlock(const char* from, std::size_t bytes, Of of) {
  if (bytes >= kBlock) return of(from);
  char padded[kBlock] = {};
  std::memcpy(padded, from, bytes);
  return of(padded);
}

}  // namespace

ByteMasks MasksOf(const char* from, std::size_t bytes) { return OfBlock(from, bytes, BlockMasks); }

std::uint64_t DigitMask(const char* from, std::size_t bytes) {
  return OfBlock(from, bytes, BlockDigits);
}

std::uint64_t MaskOfAny(const char* from, std::size_t bytes, const std::array<char, 4>& wanted) {
  return OfBlock(from, bytes, [&wanted](const char* block) { return BlockAny(block, wanted); });
}

}  // namespace kedge::text
