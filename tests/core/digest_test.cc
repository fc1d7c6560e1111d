#include "harness/core/digest.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace kedge {
namespace {

struct Vector {
  std::string message;
  const char* hex;
};

// NIST, "Examples with intermediate values" and the long messages of FIPS 180's test programme.
std::vector<Vector> NistVectors() {
  return {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmn"
       "op"
       "qrsmnopqrstnopqrstu",
       "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
      {std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
}

TEST(DigestTest, AgreesWithNist) {
  for (const Vector& v : NistVectors()) EXPECT_EQ(Sha256Hex(v.message), v.hex);
}

TEST(DigestTest, IncrementalEqualsWholeHoweverItIsCut) {
  for (const Vector& v : NistVectors()) {
    for (const std::size_t step : {1, 7, 63, 64, 65, 100'000}) {
      if (v.message.size() / step > 100'000) continue;
      Sha256 hash;
      for (std::size_t at = 0; at < v.message.size(); at += step) {
        hash.Update(std::string_view(v.message).substr(at, step));
      }
      EXPECT_EQ(hash.Hex(), v.hex) << step;
    }
  }
}

TEST(DigestTest, StableHashIsTheFirstEightBytes) {
  EXPECT_EQ(StableHash64("abc"), 0xba7816bf8f01cfeaU);
  EXPECT_EQ(StableHash64(""), 0xe3b0c44298fc1c14U);
  EXPECT_NE(StableHash64(std::string("a\0", 2)), StableHash64("a"));
}

}  // namespace
}  // namespace kedge
