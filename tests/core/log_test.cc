#include "harness/core/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace kedge {
namespace {

class LogTest : public ::testing::Test {
 protected:
  void SetUp() override { ::testing::internal::CaptureStderr(); }
  void TearDown() override { SetLogLevel(LogLevel::kInfo); }
  static std::string Written() { return ::testing::internal::GetCapturedStderr(); }
};

TEST_F(LogTest, PrefixesAllButInfo) {
  SetLogLevel(LogLevel::kDebug);
  Log(LogLevel::kDebug, "a");
  Log(LogLevel::kInfo, "b");
  Log(LogLevel::kWarning, "c");
  Log(LogLevel::kError, "d");
  EXPECT_EQ(Written(), "debug: a\nb\nwarning: c\nerror: d\n");
}

TEST_F(LogTest, DropsWhatIsBelowTheLevel) {
  Log(LogLevel::kDebug, "not by default");
  SetLogLevel(LogLevel::kError);
  Log(LogLevel::kWarning, "nor this");
  Log(LogLevel::kError, "this");
  EXPECT_EQ(Written(), "error: this\n");
}

TEST_F(LogTest, HostileTextCannotDriveTheTerminalOrForgeALine) {
  Log(LogLevel::kWarning, "x\x1B[2Jy\r\nerror: forged\xFF");
  EXPECT_EQ(Written(), "warning: x\\u{1B}[2Jy\\u{D}\n  error: forged\xEF\xBF\xBD\n");
}

TEST_F(LogTest, ThreadsDoNotMixLines) {
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([] {
        for (int i = 0; i < 200; ++i) Log(LogLevel::kInfo, "0123456789");
      });
    }
  }
  const std::string written = Written();
  std::string expected;
  for (int i = 0; i < 800; ++i) expected += "0123456789\n";
  EXPECT_EQ(written, expected);
}

}  // namespace
}  // namespace kedge
