#include "harness/core/digest.h"

#include <sodium/crypto_hash_sha256.h>

#include <array>

namespace kedge {
namespace {

using Sha256Bytes = std::array<unsigned char, crypto_hash_sha256_BYTES>;

const unsigned char* AsUnsigned(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Sha256Bytes HashOf(std::string_view bytes) {
  Sha256Bytes hash;
  crypto_hash_sha256(hash.data(), AsUnsigned(bytes), bytes.size());
  return hash;
}

std::string ToHex(const Sha256Bytes& hash) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(hash.size() * 2);
  for (const unsigned char byte : hash) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

}  // namespace

struct Sha256::State {
  crypto_hash_sha256_state hash;
};

Sha256::Sha256() : state_(std::make_unique<State>()) { crypto_hash_sha256_init(&state_->hash); }

Sha256::~Sha256() = default;

void Sha256::Update(std::string_view bytes) {
  crypto_hash_sha256_update(&state_->hash, AsUnsigned(bytes), bytes.size());
}

std::string Sha256::Hex() {
  Sha256Bytes hash;
  crypto_hash_sha256_final(&state_->hash, hash.data());
  return ToHex(hash);
}

std::string Sha256Hex(std::string_view bytes) { return ToHex(HashOf(bytes)); }

std::uint64_t StableHash64(std::string_view bytes) {
  const Sha256Bytes hash = HashOf(bytes);
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | hash[i];
  return value;
}

}  // namespace kedge
