#include "harness/llm/retry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <string>

namespace kedge::llm {
namespace {

using std::chrono::milliseconds;

constexpr double kDayMillis = 86'400'000;

std::optional<double> ReadNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<int> ReadDigits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<int> MonthOf(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto found = std::find(kMonths.begin(), kMonths.end(), name);
  if (found == kMonths.end()) return std::nullopt;
  return static_cast<int>(found - kMonths.begin()) + 1;
}

milliseconds Clamped(double millis) {
  return milliseconds(static_cast<std::int64_t>(std::clamp(millis, 0.0, kDayMillis)));
}

}  // namespace

milliseconds RetryDelay(const RetryPolicy& policy, int tries,
                        std::optional<milliseconds> retry_after, Random& random) {
  double ceiling = static_cast<double>(policy.first_delay.count());
  const double limit = static_cast<double>(policy.max_delay.count());
  for (int i = 1; i < tries && ceiling < limit; ++i) ceiling *= 2;
  const double jitter = random.Uniform() * std::min(ceiling, limit);
  return retry_after.value_or(milliseconds(0)) + milliseconds(static_cast<std::int64_t>(jitter));
}

std::optional<std::int64_t> ParseHttpDate(std::string_view text) {
  // "Sun, 06 Nov 1994 08:49:37 GMT"
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") {
    return std::nullopt;
  }
  if (text[7] != ' ' || text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':') {
    return std::nullopt;
  }
  const auto day = ReadDigits(text.substr(5, 2));
  const auto month = MonthOf(text.substr(8, 3));
  const auto year = ReadDigits(text.substr(12, 4));
  const auto hour = ReadDigits(text.substr(17, 2));
  const auto minute = ReadDigits(text.substr(20, 2));
  const auto second = ReadDigits(text.substr(23, 2));
  if (!day || !month || !year || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::chrono::sys_seconds time = std::chrono::sys_days(date) + std::chrono::hours(*hour) +
                                        std::chrono::minutes(*minute) +
                                        std::chrono::seconds(*second);
  return time.time_since_epoch().count();
}

std::optional<milliseconds> RetryAfter(const net::Headers& headers, std::int64_t unix_nanos) {
  if (const auto millis = headers.Find("retry-after-ms")) {
    const auto number = ReadNumber(*millis);
    if (number && *number >= 0) return Clamped(*number);
  }
  const auto text = headers.Find("retry-after");
  if (!text) return std::nullopt;
  const auto number = ReadNumber(*text);
  if (number && *number >= 0) return Clamped(*number * 1000);
  const auto date = ParseHttpDate(*text);
  if (!date) return std::nullopt;
  return Clamped(static_cast<double>(*date) * 1e3 - static_cast<double>(unix_nanos) / 1e6);
}

Wait RealWait() {
  return [](std::chrono::nanoseconds time, std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
  };
}

}  // namespace kedge::llm
