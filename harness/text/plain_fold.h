#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kedge::text {

/// A text with its ASCII letters in lower case and each white space as a blank, byte for byte. That
/// is all that folding (normal_views.h) does to a stretch without other characters and without
/// white space in a row, so most stretches need not be folded one by one. Keeps its memory for the
/// next text.
class PlainFold {
 public:
  /// O(bytes). Uses SSE2 where the compiler targets it.
  void Assign(std::string_view text);

  std::string_view text() const { return text_; }

  /// True if bytes [begin, end) of text() are what FoldText makes of these bytes of the original.
  bool Covers(std::size_t begin, std::size_t end) const;

  /// Replaces `out` by what FoldText makes of bytes [begin, end), each run of white space one
  /// blank; false, and `out` holds nothing of use, when they are not all ASCII.
  bool Squeeze(std::size_t begin, std::size_t end, std::string& out) const;

 private:
  std::string text_;
  std::vector<std::uint64_t> odd_;  // bit i: byte i is not ASCII, or white space behind white space
};

/// True if one of the bits [begin, end) is set; bit i stands in words[i / 64].
bool AnyBit(const std::vector<std::uint64_t>& words, std::size_t begin, std::size_t end);

}  // namespace kedge::text
