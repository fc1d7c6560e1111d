#include "harness/text/plain_fold.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "harness/text/ascii.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace kedge::text {
namespace {

constexpr std::size_t kBlock = 64;

struct BlockBits {
  std::uint64_t space = 0;
  std::uint64_t high = 0;  // bytes >= 0x80
};

#if defined(__SSE2__)

BlockBits FoldBlock(const char* from, char* to) {
  BlockBits out;
  for (unsigned i = 0; i < kBlock; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i));
    const __m128i blank = _mm_set1_epi8(' ');
    const __m128i control = _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8('\t' - 1)),
                                          _mm_cmplt_epi8(bytes, _mm_set1_epi8('\r' + 1)));
    const __m128i space = _mm_or_si128(_mm_cmpeq_epi8(bytes, blank), control);
    const __m128i upper = _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8('A' - 1)),
                                        _mm_cmplt_epi8(bytes, _mm_set1_epi8('Z' + 1)));
    const __m128i lower = _mm_or_si128(bytes, _mm_and_si128(upper, blank));  // 'a' - 'A' is ' '
    const __m128i folded =
        _mm_or_si128(_mm_andnot_si128(space, lower), _mm_and_si128(space, blank));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), folded);
    const auto bits = [i](__m128i mask) {
      return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(mask))) << i;
    };
    out.space |= bits(space);
    out.high |= bits(bytes);
  }
  return out;
}

#else

BlockBits FoldBlock(const char* from, char* to) {
  BlockBits out;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const bool space = IsAsciiSpace(from[i]);
    to[i] = space ? ' ' : AsciiLower(from[i]);
    out.space |= std::uint64_t{space} << i;
    out.high |= std::uint64_t{static_cast<unsigned char>(from[i]) >= 0x80} << i;
  }
  return out;
}

#endif

}  // namespace

void PlainFold::Assign(std::string_view text) {
  text_.resize(text.size());
  odd_.resize((text.size() + kBlock - 1) / kBlock);
  std::uint64_t after_space = 0;
  for (std::size_t at = 0; at < text.size(); at += kBlock) {
    const std::size_t bytes = std::min(kBlock, text.size() - at);
    BlockBits bits;
    if (bytes == kBlock) {
      bits = FoldBlock(text.data() + at, text_.data() + at);
    } else {
      char padded[kBlock] = {};
      std::memcpy(padded, text.data() + at, bytes);
      bits = FoldBlock(padded, padded);
      std::memcpy(text_.data() + at, padded, bytes);
    }
    odd_[at / kBlock] = bits.high | (bits.space & (bits.space << 1 | after_space));
    after_space = bits.space >> (kBlock - 1);
  }
}

bool PlainFold::Covers(std::size_t begin, std::size_t end) const {
  if (begin >= end) return true;
  // Folding begins anew at `begin`: a blank there is kept, whatever stands before it.
  return static_cast<unsigned char>(text_[begin]) < 0x80 && !AnyBit(odd_, begin + 1, end);
}

bool PlainFold::Squeeze(std::size_t begin, std::size_t end, std::string& out) const {
  out.clear();
  std::size_t from = begin;
  for (std::size_t word = begin / kBlock; word * kBlock < end; ++word) {
    std::uint64_t odd = odd_[word];
    if (word == begin / kBlock) odd &= ~std::uint64_t{0} << (begin % kBlock);
    for (; odd != 0; odd &= odd - 1) {
      const std::size_t at = word * kBlock + static_cast<std::size_t>(std::countr_zero(odd));
      if (at >= end) break;
      if (static_cast<unsigned char>(text_[at]) >= 0x80) return false;
      if (at == begin) continue;
      out.append(text_, from, at - from);
      from = at + 1;
    }
  }
  out.append(text_, from, end - from);
  return true;
}

bool AnyBit(const std::vector<std::uint64_t>& words, std::size_t begin, std::size_t end) {
  if (begin >= end) return false;
  const std::size_t first = begin / kBlock, last = (end - 1) / kBlock;
  const std::uint64_t from = ~std::uint64_t{0} << (begin % kBlock);
  const std::uint64_t to = ~std::uint64_t{0} >> (kBlock - 1 - (end - 1) % kBlock);
  if (first == last) return (words[first] & from & to) != 0;
  if ((words[first] & from) != 0 || (words[last] & to) != 0) return true;
  return std::any_of(words.begin() + static_cast<std::ptrdiff_t>(first + 1),
                     words.begin() + static_cast<std::ptrdiff_t>(last),
                     [](std::uint64_t word) { return word != 0; });
}

}  // namespace kedge::text
