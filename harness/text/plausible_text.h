#pragma once

#include <cstddef>
#include <string_view>

#include "harness/core/utf8.h"

namespace kedge::text {

/// Tells text from noise while bytes are decoded: no control characters, valid UTF-8, mostly ASCII.
class PlausibleText {
 public:
  /// False when the bytes so far cannot be text; the decoder then gives up.
  bool Accept(char byte) {
    const auto c = static_cast<unsigned char>(byte);
    ++bytes_;
    if (c >= 0x80) {
      // Noise has half of its bytes here; texts in other scripts begin with a lead byte and go on.
      ++high_;
      return bytes_ > 1 || c >= 0xC2;
    }
    return (c >= 0x20 && c != 0x7F) || c == '\n' || c == '\t' || c == '\r';
  }

  bool Finish(std::string_view decoded) const { return high_ == 0 || IsValidUtf8(decoded); }

 private:
  std::size_t bytes_ = 0;
  std::size_t high_ = 0;
};

}  // namespace kedge::text
