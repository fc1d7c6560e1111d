#include "harness/llm/retry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

namespace kedge::llm {
namespace {

using std::chrono::milliseconds;

// The example of RFC 9110, section 5.6.7; the seconds are those of `date -u -d`.
constexpr char kExampleDate[] = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::int64_t kExampleSeconds = 784111777;

TEST(RetryTest, ReadsHttpDates) {
  EXPECT_EQ(ParseHttpDate(kExampleDate), kExampleSeconds);
  EXPECT_EQ(ParseHttpDate("Thu, 29 Feb 2024 00:00:00 GMT"), 1709164800);
  for (const char* bad : {"", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
                          "Sun, 06 Xxx 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
                          "Sun, 06 Nov 19x4 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"}) {
    EXPECT_EQ(ParseHttpDate(bad), std::nullopt) << bad;
  }
}

TEST(RetryTest, ReadsWhatAServerAsksFor) {
  const std::int64_t now = (kExampleSeconds - 5) * 1'000'000'000;
  const auto after = [now](const char* name, const char* value) {
    return RetryAfter({{name, value}}, now);
  };
  EXPECT_EQ(after("Retry-After", "7"), milliseconds(7000));
  EXPECT_EQ(after("retry-after", "0.25"), milliseconds(250));
  EXPECT_EQ(after("Retry-After-Ms", "150"), milliseconds(150));
  EXPECT_EQ(after("Retry-After", kExampleDate), milliseconds(5000));
  EXPECT_EQ(RetryAfter({{"Retry-After", kExampleDate}}, now + 100'000'000'000), milliseconds(0));
  EXPECT_EQ(after("Retry-After", "1e300"), milliseconds(86'400'000));
  EXPECT_EQ(after("Retry-After", "-3"), std::nullopt);
  EXPECT_EQ(after("Retry-After", "nan"), std::nullopt);
  EXPECT_EQ(after("Retry-After", "soon"), std::nullopt);
  EXPECT_EQ(after("Date", "7"), std::nullopt);
}

TEST(RetryTest, DelaysGrowStayBoundedAndAreSpread) {
  const RetryPolicy policy;
  for (int tries = 1; tries < 40; ++tries) {
    Random random(1, static_cast<std::uint64_t>(tries));
    const double ceiling = std::min(30'000.0, 500.0 * std::pow(2, tries - 1));
    double sum = 0;
    for (int i = 0; i < 1000; ++i) {
      const auto delay =
          static_cast<double>(RetryDelay(policy, tries, std::nullopt, random).count());
      ASSERT_GE(delay, 0);
      ASSERT_LE(delay, ceiling);
      sum += delay;
    }
    // The mean of a uniform law; 1,000 draws have a standard error of 0.9 % of the ceiling.
    EXPECT_NEAR(sum / 1000, ceiling / 2, 0.05 * ceiling + 1) << tries;
  }
}

TEST(RetryTest, NeverComesBackBeforeTheServerSaid) {
  Random random(1);
  for (int i = 0; i < 100; ++i) {
    const milliseconds delay = RetryDelay({}, 1, milliseconds(9000), random);
    EXPECT_GE(delay, milliseconds(9000));
    EXPECT_LE(delay, milliseconds(9500));
  }
}

TEST(RetryTest, ARealWaitEndsWhenStopped) {
  std::stop_source stop;
  const auto start = std::chrono::steady_clock::now();
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_FALSE(RealWait()(std::chrono::minutes(1), stop.get_token()));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  EXPECT_TRUE(RealWait()(milliseconds(1), {}));
}

}  // namespace
}  // namespace kedge::llm
