#include "harness/core/signature.h"

#include <sodium/core.h>
#include <sodium/crypto_sign_ed25519.h>
#include <sodium/utils.h>

#include <array>
#include <cstddef>

#include "harness/core/error.h"

namespace kedge {
namespace {

template <std::size_t kSize>
using Bytes = std::array<unsigned char, kSize>;

template <std::size_t kSize>
std::string Hex(const Bytes<kSize>& bytes) {
  std::string hex(2 * kSize + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), kSize);
  hex.resize(2 * kSize);
  return hex;
}

template <std::size_t kSize>
bool FromHex(const std::string& hex, Bytes<kSize>& bytes) {
  std::size_t size = 0;
  const char* end = nullptr;
  return hex.size() == 2 * kSize &&
         sodium_hex2bin(bytes.data(), kSize, hex.data(), hex.size(), nullptr, &size, &end) == 0 &&
         size == kSize;
}

const unsigned char* Data(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

using PublicKey = Bytes<crypto_sign_ed25519_PUBLICKEYBYTES>;
using SecretKey = Bytes<crypto_sign_ed25519_SECRETKEYBYTES>;
using Seed = Bytes<crypto_sign_ed25519_SEEDBYTES>;
using Signature = Bytes<crypto_sign_ed25519_BYTES>;

}  // namespace

KeyPair KeyPairFromSeed(const std::string& seed_hex) {
  Seed seed;
  if (!FromHex(seed_hex, seed)) throw BadData("a key's seed is 64 hexadecimal digits");
  PublicKey public_key;
  SecretKey secret_key;
  crypto_sign_ed25519_seed_keypair(public_key.data(), secret_key.data(), seed.data());
  return {Hex(public_key), Hex(secret_key)};
}

KeyPair NewKeyPair() {
  if (sodium_init() < 0) throw InternalError("the system's random source cannot be used");
  PublicKey public_key;
  SecretKey secret_key;
  crypto_sign_ed25519_keypair(public_key.data(), secret_key.data());
  return {Hex(public_key), Hex(secret_key)};
}

std::string Sign(std::string_view message, const std::string& secret_key) {
  SecretKey key;
  if (!FromHex(secret_key, key)) throw BadData("a secret key is 128 hexadecimal digits");
  Signature signature;
  crypto_sign_ed25519_detached(signature.data(), nullptr, Data(message), message.size(),
                               key.data());
  return Hex(signature);
}

bool Verify(std::string_view message, const std::string& signature, const std::string& public_key) {
  Signature bytes;
  PublicKey key;
  return FromHex(signature, bytes) && FromHex(public_key, key) &&
         crypto_sign_ed25519_verify_detached(bytes.data(), Data(message), message.size(),
                                             key.data()) == 0;
}

}  // namespace kedge
