#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/text/normal_views.h"

namespace kedge::text {

/// One escape sequence as a decoder reads it.
struct EscapeSequence {
  std::size_t length = 0;  ///< bytes it takes; 0 when there is none
  std::string bytes;       ///< what it stands for
  int weight = 0;          ///< how much it suggests a disguise; see kClusterWeight
};

/// A cluster is decoded when its sequences weigh this much together.
inline constexpr int kClusterWeight = 6;

using ParseEscape = EscapeSequence (*)(std::string_view text, std::size_t at);

/// Decodes the sequences at `places` (ascending) in place, cluster by cluster, each with 64 bytes
/// of the text before and after it.
void DecodeClusters(std::string_view text, const std::vector<std::uint32_t>& places,
                    ParseEscape parse, MappedText& out);

}  // namespace kedge::text
