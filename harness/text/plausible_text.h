#pragma once

#include <string_view>

#include "harness/core/utf8.h"

namespace kedge::text {

/// Tells text from noise while bytes are decoded: no control characters, valid UTF-8, mostly ASCII.
class PlausibleText {
 public:
  /// False when the bytes so far cannot be text; the decoder then gives up.
  bool Accept(char byte) {
    const auto c = static_cast<unsigned char>(byte);
    if (expected_ > 0) {
      --expected_;
      return c >= 0x80 && c < 0xC0;
    }
    if (c < 0x80) return (c >= 0x20 && c != 0x7F) || c == '\n' || c == '\t' || c == '\r';
    expected_ = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
    high_ = true;
    return c >= 0xC2 && c < 0xF5;
  }

  bool Finish(std::string_view decoded) const { return !high_ || IsValidUtf8(decoded); }

 private:
  int expected_ = 0;  // continuation bytes
  bool high_ = false;
};

}  // namespace kedge::text
