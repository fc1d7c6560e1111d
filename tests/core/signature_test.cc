#include "harness/core/signature.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/core/error.h"

namespace kedge {
namespace {

struct Vector {
  const char* seed;
  const char* public_key;
  std::string message;
  const char* signature;
};

// RFC 8032, section 7.1, tests 1 and 2.
std::vector<Vector> PublishedVectors() {
  return {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
       "f9b46bd25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "\x72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0"
       "f11d8c387b2eaeb4302aeeb00d291612bb0c00"}};
}

TEST(SignatureTest, GivesThePublishedKeysAndSignatures) {
  for (const Vector& vector : PublishedVectors()) {
    const KeyPair pair = KeyPairFromSeed(vector.seed);
    EXPECT_EQ(pair.public_key, vector.public_key);
    EXPECT_EQ(Sign(vector.message, pair.secret_key), vector.signature);
    EXPECT_TRUE(Verify(vector.message, vector.signature, vector.public_key));
  }
}

TEST(SignatureTest, AnyChangedBitIsRefused) {
  const KeyPair pair = NewKeyPair();
  const std::string signature = Sign("promote", pair.secret_key);
  EXPECT_TRUE(Verify("promote", signature, pair.public_key));
  EXPECT_FALSE(Verify("promotf", signature, pair.public_key));
  EXPECT_FALSE(Verify("promote", signature, NewKeyPair().public_key));
  for (const std::size_t digit : {0U, 63U, 64U, 127U}) {
    std::string changed = signature;
    changed[digit] = changed[digit] == '0' ? '1' : '0';
    EXPECT_FALSE(Verify("promote", changed, pair.public_key)) << digit;
  }
}

TEST(SignatureTest, MalformedKeysAreErrorsAndMalformedSignaturesAreFalse) {
  const KeyPair pair = NewKeyPair();
  EXPECT_THROW(Sign("m", "abc"), Error);
  EXPECT_THROW(Sign("m", std::string(128, 'g')), Error);
  EXPECT_THROW(KeyPairFromSeed(pair.public_key + "0"), Error);
  EXPECT_FALSE(Verify("m", "", pair.public_key));
  EXPECT_FALSE(Verify("m", std::string(128, '0'), "00"));
}

}  // namespace
}  // namespace kedge
