#pragma once

#include <cstdint>
#include <string>

namespace kedge {

/// Time as a port, so that schedules, deadlines and retries are tested without waiting.
/// Implementations are thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Nanoseconds since 1970-01-01T00:00:00Z.
  virtual std::int64_t UnixNanos() const = 0;
  /// Nanoseconds of a clock that never goes back.
  virtual std::int64_t SteadyNanos() const = 0;
};

/// The machine's own clocks; lives for the whole program.
const Clock& SystemClock();

/// "2026-11-22T14:17:00.123Z" (RFC 3339, UTC, milliseconds).
std::string FormatTimestamp(std::int64_t unix_nanos);

}  // namespace kedge
