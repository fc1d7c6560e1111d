#include "harness/llm/rate_limiter.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "tests/llm/fakes.h"

namespace kedge::llm {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(RateLimiterTest, GivesAMinuteAtOnceAndThenOneAtATime) {
  FakeClock clock;
  RateLimiter limiter({60, 0}, clock);
  for (int i = 0; i < 60; ++i) ASSERT_EQ(limiter.Take(1), nanoseconds(0)) << i;
  EXPECT_EQ(limiter.Take(1), seconds(1));
  EXPECT_EQ(limiter.Take(1), seconds(2));  // behind the first: each waits for its own turn
  clock.Advance(seconds(3));
  EXPECT_EQ(limiter.Take(1), nanoseconds(0));
}

TEST(RateLimiterTest, LetsARequestThroughThatIsLargerThanTheBucket) {
  FakeClock clock;
  RateLimiter limiter({0, 600}, clock);
  EXPECT_EQ(limiter.Take(1200), seconds(60));
}

TEST(RateLimiterTest, GivesBackWhatWasNotUsed) {
  FakeClock clock;
  RateLimiter limiter({0, 600}, clock);
  limiter.Take(600);
  limiter.Correct(600, 100);
  EXPECT_EQ(limiter.Take(500), nanoseconds(0));
  EXPECT_EQ(limiter.Take(10), seconds(1));
}

TEST(RateLimiterTest, WithoutLimitsNobodyWaits) {
  FakeClock clock;
  RateLimiter limiter({}, clock);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(limiter.Take(1'000'000), nanoseconds(0));
  EXPECT_THROW(RateLimiter({-1, 0}, clock), Error);
}

}  // namespace
}  // namespace kedge::llm
