#include "harness/core/keyed_digest.h"

#include <fcntl.h>
#include <sodium/core.h>
#include <sodium/crypto_generichash.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/core/error.h"
#include "harness/core/file.h"

namespace kedge {
namespace {

Error KeyError(int code, const std::string& path) {
  Error error(
      code == EACCES || code == EPERM || code == EROFS ? ErrorKind::kNotPermitted : ErrorKind::kIo,
      std::string("cannot make the digest key: ") + std::strerror(code));
  return error.At(path);
}

}  // namespace

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

DigestKey DigestKey::LoadOrCreate(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno == EEXIST) return Load(path);
  if (file < 0) throw KeyError(errno, path);
  const DigestKey key = Random();
  std::string hex(2 * kBytes + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), key.key_.data(), key.key_.size());
  hex.back() = '\n';
  const bool written = ::write(file, hex.data(), hex.size()) == static_cast<ssize_t>(hex.size());
  const int problem = errno;
  ::close(file);
  if (!written) {
    ::unlink(path.c_str());
    throw KeyError(problem, path);
  }
  return key;
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
