#include "harness/core/clock.h"

#include <chrono>
#include <cstdio>

namespace kedge {
namespace {

template <typename ClockType>
std::int64_t NanosOf() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(ClockType::now().time_since_epoch())
      .count();
}

class MachineClock : public Clock {
 public:
  std::int64_t UnixNanos() const override { return NanosOf<std::chrono::system_clock>(); }
  std::int64_t SteadyNanos() const override { return NanosOf<std::chrono::steady_clock>(); }
};

}  // namespace

const Clock& SystemClock() {
  static const MachineClock clock;
  return clock;
}

std::string FormatTimestamp(std::int64_t unix_nanos) {
  const std::chrono::sys_time<std::chrono::nanoseconds> time{std::chrono::nanoseconds{unix_nanos}};
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(millis);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{millis - day};
  char text[64];
  std::snprintf(
      text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text;
}

}  // namespace kedge
