#include "harness/core/keyed_digest.h"

#include <sodium/core.h>
#include <sodium/crypto_generichash.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>

#include "harness/core/error.h"
#include "harness/core/file.h"

namespace kedge {

DigestKey DigestKey::FromHex(std::string_view hex) {
  DigestKey key;
  std::size_t bytes = 0;
  const char* end = nullptr;
  const int failed = sodium_hex2bin(key.key_.data(), key.key_.size(), hex.data(), hex.size(),
                                    " \t\r\n", &bytes, &end);
  if (failed != 0 || bytes != kBytes || end != hex.data() + hex.size()) {
    throw BadData("a digest key is 64 hexadecimal digits; `openssl rand -hex 32` makes one");
  }
  return key;
}

DigestKey DigestKey::Load(const std::string& path) {
  try {
    return FromHex(ReadFile(path));
  } catch (Error& error) {
    error.AddContext("reading the digest key " + path);
    throw;
  }
}

DigestKey DigestKey::Random() {
  if (sodium_init() < 0) throw InternalError("no random source");
  DigestKey key;
  randombytes_buf(key.key_.data(), key.key_.size());
  return key;
}

std::string DigestKey::Hex(std::string_view bytes, std::size_t digits) const {
  std::array<unsigned char, 32> digest;
  crypto_generichash(digest.data(), digest.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                     key_.data(), key_.size());
  std::string hex(2 * digest.size() + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
  hex.resize(digits);
  return hex;
}

}  // namespace kedge
