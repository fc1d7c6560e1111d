#include "harness/process/exit_status.h"

#include <gtest/gtest.h>

namespace kedge::process {
namespace {

TEST(ExitStatus, IsReadFromTheWaitWord) {
  // wait(2) on Linux: exit code in the second byte, signal in the low seven bits.
  EXPECT_EQ(ExitStatusFromWait(3 << 8), (ExitStatus{ExitStatus::Kind::kExited, 3}));
  EXPECT_EQ(ExitStatusFromWait(9), (ExitStatus{ExitStatus::Kind::kSignaled, 9}));
  EXPECT_EQ(ExitStatusFromWait(9 | 0x80), (ExitStatus{ExitStatus::Kind::kSignaled, 9}));
  EXPECT_EQ(ExitStatusFromWait(0xffff).kind, ExitStatus::Kind::kUnknown);
}

TEST(ExitStatus, OnlyAnExitCodeOfZeroIsOk) {
  EXPECT_TRUE((ExitStatus{ExitStatus::Kind::kExited, 0}.ok()));
  EXPECT_FALSE((ExitStatus{ExitStatus::Kind::kExited, 1}.ok()));
  EXPECT_FALSE((ExitStatus{ExitStatus::Kind::kSignaled, 0}.ok()));
  EXPECT_FALSE(ExitStatus{}.ok());
}

TEST(ExitStatus, IsDescribedInWords) {
  EXPECT_EQ(Describe({ExitStatus::Kind::kExited, 7}), "exit code 7");
  EXPECT_EQ(Describe({ExitStatus::Kind::kSignaled, 11}), "signal 11 (Segmentation fault)");
  EXPECT_EQ(Describe({ExitStatus::Kind::kSignaled, 999}), "signal 999 (unknown)");
  EXPECT_EQ(Describe({}), "unknown exit status");
}

}  // namespace
}  // namespace kedge::process
