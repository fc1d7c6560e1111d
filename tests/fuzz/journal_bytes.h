#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "harness/run/crc32.h"

namespace kedge::fuzz {

/// The text with the right checksum in every line that has the form of a journal's, so that what
/// the checksum would stop is read.
inline std::string WithRightSums(std::string_view text) {
  constexpr std::string_view kStart = "{\"crc32\":\"";
  constexpr std::size_t kDigits = 8;
  constexpr std::size_t kBody = kStart.size() + kDigits + 2;  // behind `",`
  std::string fixed(text);
  for (std::size_t begin = 0; begin < fixed.size();) {
    const std::size_t end = std::min(fixed.find('\n', begin), fixed.size());
    const std::string_view line = std::string_view(fixed).substr(begin, end - begin);
    if (line.starts_with(kStart) && line.size() > kBody) {
      char sum[kDigits + 1];
      std::snprintf(sum, sizeof(sum), "%08x", run::Crc32(line.substr(kBody)));
      fixed.replace(begin + kStart.size(), kDigits, sum);
    }
    begin = end + 1;
  }
  return fixed;
}

}  // namespace kedge::fuzz
