#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/random.h"
#include "tests/core/expect_error.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using testing::ErrorOf;
using testing::TempFolder;
using namespace std::string_literals;

const std::string kText = "first line\nsecond line\n";
// That text by `gzip -n` 1.12 and `zstd` 1.5.4.
const std::string kGzip =
    "\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03\x4B\xCB\x2C\x2A\x2E\x51\xC8\xC9\xCC\x4B\xE5\x2A\x4E"
    "\x4D\xCE\xCF\x4B\x81\xB0\x01\x2C\x5A\x45\x5D\x17\x00\x00\x00"s;
const std::string kZstd =
    "\x28\xB5\x2F\xFD\x04\x58\xB9\x00\x00\x66\x69\x72\x73\x74\x20\x6C\x69\x6E\x65\x0A\x73\x65\x63"
    "\x6F\x6E\x64\x20\x6C\x69\x6E\x65\x0A\x1F\x3B\xB8\xA0"s;

class CompressionTest : public ::testing::Test {
 protected:
  std::string Read(const std::string& bytes, std::size_t max_bytes = kDefaultMaxFileBytes) {
    testing::WriteFile(file_, bytes);
    return ReadFile(file_, max_bytes);
  }
  std::string Problem(const std::string& bytes) {
    const Error error = ErrorOf([&] { Read(bytes); });
    EXPECT_EQ(error.kind(), ErrorKind::kBadData);
    EXPECT_EQ(error.file(), file_);
    return error.message();
  }

  const TempFolder folder_;
  const std::string file_ = folder_.File("x");
};

TEST_F(CompressionTest, IsKnownByItsContent) {
  EXPECT_EQ(Read(kGzip), kText);
  EXPECT_EQ(Read(kZstd), kText);
  EXPECT_EQ(Read("\x1F"), "\x1F");
  EXPECT_EQ(Read("\x28\xB5\x2F"), "\x28\xB5\x2F");
}

TEST_F(CompressionTest, ReadsSeveralMembersOrFrames) {
  EXPECT_EQ(Read(kGzip + kGzip + kGzip), kText + kText + kText);
  EXPECT_EQ(Read(kZstd + kZstd + kZstd), kText + kText + kText);
}

TEST_F(CompressionTest, ACutAnywhereIsAnError) {
  for (std::size_t length = 2; length < kGzip.size(); ++length) {
    EXPECT_EQ(Problem(kGzip.substr(0, length)), "gzip data is cut off") << length;
    EXPECT_EQ(Problem(kGzip + kGzip.substr(0, length)), "gzip data is cut off") << length;
  }
  for (std::size_t length = 4; length < kZstd.size(); ++length) {
    EXPECT_EQ(Problem(kZstd.substr(0, length)), "zstd data is cut off") << length;
    EXPECT_EQ(Problem(kZstd + kZstd.substr(0, length)), "zstd data is cut off") << length;
  }
}

TEST_F(CompressionTest, AFlippedBitIsAnErrorOrChangesNothing) {
  for (const std::string* original : {&kGzip, &kZstd}) {
    int errors = 0;
    for (std::size_t bit = 4 * 8; bit < original->size() * 8; ++bit) {
      std::string damaged = *original;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
      try {
        EXPECT_EQ(Read(damaged), kText) << bit;
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kBadData);
        ++errors;
      }
    }
    EXPECT_GT(errors, 200);
  }
}

TEST_F(CompressionTest, GarbageBehindTheDataIsAnError) {
  EXPECT_EQ(Problem(kGzip + "garbage"), "damaged gzip data");
  EXPECT_EQ(Problem(kZstd + "garbage"), "damaged zstd data");
}

TEST_F(CompressionTest, TheLimitCountsUnpackedBytes) {
  EXPECT_EQ(Read(kGzip, kText.size()), kText);
  EXPECT_EQ(Read(kZstd, kText.size()), kText);
  EXPECT_THROW(Read(kGzip, kText.size() - 1), Error);
  EXPECT_THROW(Read(kZstd, kText.size() - 1), Error);
}

TEST_F(CompressionTest, LinesAreUnpackedOnTheWay) {
  for (const std::string* bytes : {&kGzip, &kZstd}) {
    testing::WriteFile(file_, *bytes);
    LineReader reader(file_);
    EXPECT_EQ(reader.Next(), "first line");
    EXPECT_EQ(reader.Next(), "second line");
    EXPECT_EQ(reader.Next(), std::nullopt);
    testing::WriteFile(file_, bytes->substr(0, bytes->size() - 1));
    EXPECT_THROW(
        {
          LineReader cut(file_);
          while (cut.Next()) {
          }
        },
        Error);
  }
}

// Text that compresses to many times the size of any buffer in between.
std::string LargeText() {
  Random random(1);
  std::string text;
  while (text.size() < 5'000'000) {
    text += std::string(random.Below(3000), static_cast<char>('a' + random.Below(26)));
    for (int i = 0; i < 300; ++i) text += static_cast<char>('0' + random.Below(64));
    text += '\n';
  }
  return text;
}

class PackedByProgramTest : public CompressionTest,
                            public ::testing::WithParamInterface<const char*> {};

TEST_P(PackedByProgramTest, LargeFilesRoundTrip) {
  const std::string program = testing::FindProgram(GetParam());
  KEDGE_NEED(GetParam(), !program.empty(), "program not installed");
  const std::string text = LargeText();
  testing::WriteFile(folder_.File("plain"), text);
  const std::string command = program + " -c -q " + folder_.File("plain") + " > " + file_;
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(ReadFile(file_), text);

  std::string joined;
  LineReader reader(file_);
  while (const auto line = reader.Next()) joined.append(*line).append(1, '\n');
  EXPECT_EQ(joined, text);
}

TEST_P(PackedByProgramTest, ABombIsStoppedAtTheLimit) {
  const std::string program = testing::FindProgram(GetParam());
  KEDGE_NEED(GetParam(), !program.empty(), "program not installed");
  const std::string command = "head -c 100000000 /dev/zero | " + program + " -c -q > " + file_;
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(ErrorOf([&] { ReadFile(file_, 1'000'000); }).message(),
            "holds more than 1000000 bytes");
  EXPECT_EQ(ErrorOf([&] { LineReader(file_, 1'000'000).Next(); }).message(),
            "line is longer than 1000000 bytes");
}

INSTANTIATE_TEST_SUITE_P(Programs, PackedByProgramTest, ::testing::Values("gzip", "zstd"));

}  // namespace
}  // namespace kedge
