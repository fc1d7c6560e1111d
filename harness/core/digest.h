#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace kedge {

/// Lower-case hex SHA-256 (FIPS 180-4), 64 characters.
std::string Sha256Hex(std::string_view bytes);

/// Incremental SHA-256.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void Update(std::string_view bytes);
  /// Finishes; call once.
  std::string Hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// First 8 bytes of SHA-256 as a big-endian integer: a stable 64-bit key for seeds and shards.
std::uint64_t StableHash64(std::string_view bytes);

}  // namespace kedge
