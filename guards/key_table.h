#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace kedge::guards {

/// Numbers the keys of one episode 0, 1, 2, ... so that every keyed rule can keep its state in a
/// plain vector. Holds at most kMaxKeys; not thread-safe.
class KeyTable {
 public:
  static constexpr std::size_t kMaxKeys = 4096;

  /// The number of `key`, a new one if need be; nullopt when the table is full. O(bytes of key).
  std::optional<std::uint32_t> Intern(std::string_view key);
  void Reset() { ids_.clear(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> ids_;
};

}  // namespace kedge::guards
