#include "harness/core/clock.h"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>

namespace kedge {
namespace {

TEST(ClockTest, FormatsTimestamps) {
  // Seconds by `date -u -d ... +%s`.
  EXPECT_EQ(FormatTimestamp(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(FormatTimestamp(1795357020'123'999'999), "2026-11-22T14:17:00.123Z");
  EXPECT_EQ(FormatTimestamp(951782400'000'000'000), "2000-02-29T00:00:00.000Z");
  EXPECT_EQ(FormatTimestamp(4107542399'999'999'999), "2100-02-28T23:59:59.999Z");
}

TEST(ClockTest, RoundsTimesBefore1970Down) {
  EXPECT_EQ(FormatTimestamp(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(FormatTimestamp(-1'000'000), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(FormatTimestamp(-1'000'001), "1969-12-31T23:59:59.998Z");
}

TEST(ClockTest, FormatsTheWholeRange) {
  EXPECT_EQ(FormatTimestamp(std::numeric_limits<std::int64_t>::max()), "2262-04-11T23:47:16.854Z");
  EXPECT_EQ(FormatTimestamp(std::numeric_limits<std::int64_t>::min()), "1677-09-21T00:12:43.145Z");
}

TEST(ClockTest, SystemClockFollowsTheMachine) {
  const Clock& clock = SystemClock();
  const std::int64_t steady = clock.SteadyNanos();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  EXPECT_NEAR(static_cast<double>(clock.UnixNanos()),
              static_cast<double>(std::chrono::nanoseconds(now).count()), 5e9);
  EXPECT_GE(clock.SteadyNanos(), steady);
}

}  // namespace
}  // namespace kedge
