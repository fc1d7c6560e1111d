#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/random.h"
#include "tests/core/expect_error.h"
#include "tests/testing/needs.h"

namespace kedge {
namespace {

using testing::ErrorOf;
using testing::TempFolder;
using Lines = std::vector<std::string>;

class LineReaderTest : public ::testing::Test {
 protected:
  Lines Read(const std::string& bytes, std::size_t max_line_bytes = 1 << 20) {
    testing::WriteFile(file_, bytes);
    LineReader reader(file_, max_line_bytes);
    Lines lines;
    while (const auto line = reader.Next()) {
      lines.emplace_back(*line);
      EXPECT_EQ(reader.line_number(), static_cast<std::int64_t>(lines.size()));
    }
    EXPECT_EQ(reader.line_number(), static_cast<std::int64_t>(lines.size()));
    EXPECT_EQ(reader.Next(), std::nullopt);
    return lines;
  }

  const TempFolder folder_;
  const std::string file_ = folder_.File("x");
};

struct LinesCase {
  std::string bytes;
  Lines lines;
};

TEST_F(LineReaderTest, SplitsAtNewlines) {
  const LinesCase cases[] = {
      {"", {}},
      {"\n", {""}},
      {"a", {"a"}},
      {"a\n", {"a"}},
      {"a\nb", {"a", "b"}},
      {"a\n\n\nb\n", {"a", "", "", "b"}},
      {"a\r\nb\r\n", {"a", "b"}},
      {"\r\n", {""}},
      {"a\rb\n", {"a\rb"}},
      {"a\r\r\n", {"a\r"}},
      {"a\r", {"a\r"}},
      {std::string("a\0b\nc\xFF", 6), {std::string("a\0b", 3), "c\xFF"}},
  };
  for (const LinesCase& c : cases) EXPECT_EQ(Read(c.bytes), c.lines) << c.bytes;
}

TEST_F(LineReaderTest, LinesMayLieAcrossAnyBufferBoundary) {
  Random random(1);
  for (int round = 0; round < 20; ++round) {
    Lines lines;
    std::string bytes;
    while (bytes.size() < 400'000) {
      const std::size_t length = random.Below(2) == 0 ? random.Below(50) : random.Below(150'000);
      lines.emplace_back(length, static_cast<char>('a' + random.Below(26)));
      bytes += lines.back() + (random.Below(2) == 0 ? "\n" : "\r\n");
    }
    ASSERT_EQ(Read(bytes), lines);
  }
}

TEST_F(LineReaderTest, BoundariesAroundTheBufferSize) {
  for (std::size_t length = 65'530; length < 65'542; ++length) {
    const std::string line(length, 'x');
    EXPECT_EQ(Read(line + "\r\n" + line + "\n" + line), (Lines{line, line, line})) << length;
  }
}

TEST_F(LineReaderTest, ALineOf200KilobytesIsFine) {
  const std::string line(200 << 10, 'x');
  EXPECT_EQ(Read("a\n" + line + "\nb\n"), (Lines{"a", line, "b"}));
}

TEST_F(LineReaderTest, ALongerLineThanAllowedIsNamed) {
  for (const std::size_t limit : {1, 10, 100'000}) {
    const std::string fits(limit, 'x');
    EXPECT_EQ(Read(fits + "\n" + fits + "\r\n" + fits, limit), (Lines{fits, fits, fits}));
    for (const char* end : {"", "\n", "\r\n"}) {
      testing::WriteFile(file_, "a\n" + fits + "x" + end);
      LineReader reader(file_, limit);
      EXPECT_EQ(reader.Next(), "a");
      const Error error = ErrorOf([&] { reader.Next(); });
      EXPECT_EQ(error.kind(), ErrorKind::kBadData);
      EXPECT_EQ(std::string(error.what()),
                file_ + ":2: line is longer than " + std::to_string(limit) + " bytes");
    }
  }
}

TEST_F(LineReaderTest, AnEndlessLineIsRefusedInBoundedMemory) {
  LineReader reader("/dev/zero", 1 << 20);
  EXPECT_EQ(ErrorOf([&] { reader.Next(); }).line(), 1);
}

TEST_F(LineReaderTest, AMissingFileIsNamedAtOnce) {
  EXPECT_EQ(ErrorOf([&] { LineReader reader(folder_.File("none")); }).kind(),
            ErrorKind::kMissingInput);
}

}  // namespace
}  // namespace kedge
