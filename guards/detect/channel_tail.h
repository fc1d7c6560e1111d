#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "harness/core/json.h"

namespace kedge::guards {

/// Bytes of a channel's earlier texts that are scanned again in front of the next one: longer than
/// any pattern that can be told from a part of itself.
inline constexpr std::size_t kTailBytes = 256;

/// Remembers the end of what went through each channel (a role, a tool's argument, ...), so that a
/// text which is split over messages is seen whole. Memory: 256 bytes for each of at most 1,024
/// channels; further channels share one. Not thread-safe.
class ChannelTail {
 public:
  /// What to scan for the next text of the channel: its tail, then `text`; `text` begins at byte
  /// `offset` of the result. Then remembers the end of it.
  struct Joined {
    std::string text;
    std::size_t offset = 0;
  };
  Joined Push(const std::string& channel, std::string_view text);
  void Reset() { tails_.clear(); }

 private:
  std::map<std::string, std::string> tails_;
};

/// All strings in `arguments`, joined without anything between them, in the order of `schema`'s
/// properties (declared ones first, as `required` and then their names sort; then the others by
/// name): what a text split over arguments spells. Numbers count as their JSON text.
std::string JoinedLeaves(const Json& arguments, const Json& schema = Json());

}  // namespace kedge::guards
