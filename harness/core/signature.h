#pragma once

#include <string>
#include <string_view>

namespace kedge {

/// Ed25519 (RFC 8032). Keys and signatures are lower-case hexadecimal text.
struct KeyPair {
  std::string public_key;  ///< 64 digits
  std::string secret_key;  ///< 128 digits: seed and public key
};

/// The key pair of a 32-byte seed in 64 hexadecimal digits. Throws Error(kBadData) for anything
/// else.
KeyPair KeyPairFromSeed(const std::string& seed_hex);
/// A key pair from the system's random source.
KeyPair NewKeyPair();

/// Throws Error(kBadData) when `secret_key` is not one.
std::string Sign(std::string_view message, const std::string& secret_key);
/// False as well for a malformed key or signature.
bool Verify(std::string_view message, const std::string& signature, const std::string& public_key);

}  // namespace kedge
