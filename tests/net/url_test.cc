#include "harness/net/url.h"

#include <gtest/gtest.h>

namespace kedge::net {
namespace {

TEST(PercentDecodeTest, DecodesOrRefuses) {
  EXPECT_EQ(PercentDecode("/a%20b%2Fc+d"), "/a b/c+d");
  EXPECT_EQ(PercentDecode("%e2%82%AC"), "\xE2\x82\xAC");
  for (const char* bad : {"%", "%2", "%2g", "%-1", "%00", "a%"}) {
    EXPECT_EQ(PercentDecode(bad), std::nullopt) << bad;
  }
}

TEST(HostOfAuthorityTest, LeavesThePortOut) {
  EXPECT_EQ(HostOfAuthority("Example.ORG:80"), "example.org");
  EXPECT_EQ(HostOfAuthority("example.org"), "example.org");
  EXPECT_EQ(HostOfAuthority("[::1]:80"), "::1");
}

TEST(IsLoopbackHostTest, KnowsTheNamesOfThisMachineOnly) {
  for (const char* host : {"localhost", "127.0.0.1", "127.9.8.7", "::1"}) {
    EXPECT_TRUE(IsLoopbackHost(host)) << host;
  }
  for (const char* host : {"", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1",
                           "127.evil", "0.0.0.0"}) {
    EXPECT_FALSE(IsLoopbackHost(host)) << host;
  }
}

}  // namespace
}  // namespace kedge::net
