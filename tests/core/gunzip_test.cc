#include "harness/core/gunzip.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/core/expect_error.h"

namespace kedge {
namespace {

using testing::ErrorOf;

// printf 'hello hello hello' | gzip -n
const std::string kGzipHello(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x90\x00\x80\x88\xf9"
    "\xe5\x11\x00\x00\x00",
    28);
// python3 -c "import zlib; print(zlib.compress(b'hello').hex())"
const std::string kZlibHello("\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15", 13);

TEST(GunzipTest, ReadsGzipZlibAndSeveralMembers) {
  EXPECT_EQ(Gunzip(kGzipHello, 100), "hello hello hello");
  EXPECT_EQ(Gunzip(kZlibHello, 100), "hello");
  EXPECT_EQ(Gunzip(kGzipHello + kGzipHello, 100), "hello hello hellohello hello hello");
}

TEST(GunzipTest, RefusesEveryCut) {
  for (std::size_t size = 0; size < kGzipHello.size(); ++size) {
    const Error error = ErrorOf([&] { Gunzip(kGzipHello.substr(0, size), 100); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadData) << size;
  }
}

TEST(GunzipTest, RefusesDamageAndWhatFollows) {
  std::string wrong_sum = kGzipHello;
  wrong_sum[21] = 'x';
  EXPECT_EQ(ErrorOf([&] { Gunzip(wrong_sum, 100); }).kind(), ErrorKind::kBadData);
  EXPECT_EQ(ErrorOf([&] { Gunzip(kGzipHello + "rubbish", 100); }).kind(), ErrorKind::kBadData);
  EXPECT_EQ(ErrorOf([&] { Gunzip("plain text", 100); }).kind(), ErrorKind::kBadData);
}

TEST(GunzipTest, StopsAtTheLimit) {
  EXPECT_EQ(Gunzip(kGzipHello, 17), "hello hello hello");
  EXPECT_NE(std::string(ErrorOf([&] { Gunzip(kGzipHello, 16); }).what()).find("more than 16"),
            std::string::npos);
}

}  // namespace
}  // namespace kedge
