#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>

#include "harness/core/random.h"
#include "harness/net/headers.h"

namespace kedge::llm {

/// When to try again. Delays are exponential with full jitter (Brooker: "Exponential Backoff And
/// Jitter", 2015): uniform between 0 and min(max_delay, first_delay * 2^tries).
struct RetryPolicy {
  int max_attempts = 5;  ///< exchanges in all, at least 1
  std::chrono::milliseconds first_delay{500};
  std::chrono::milliseconds max_delay{30'000};
  /// A server that asks to wait for longer than this is not waited for.
  std::chrono::milliseconds max_retry_after{120'000};
};

/// The wait before the next try when `tries` have failed. A server's own wish, when there is one,
/// is the least that is waited; the jitter comes on top, so that clients do not return at once.
std::chrono::milliseconds RetryDelay(const RetryPolicy& policy, int tries,
                                     std::optional<std::chrono::milliseconds> retry_after,
                                     Random& random);

/// How long a response asks to wait: `retry-after-ms`, or `Retry-After` (RFC 9110, section 10.2.3)
/// in seconds or as a date, from which `unix_nanos` is taken away. Never negative, at most a day;
/// nullopt when there is none or it cannot be read.
std::optional<std::chrono::milliseconds> RetryAfter(const net::Headers& headers,
                                                    std::int64_t unix_nanos);

/// Seconds since 1970 of an HTTP date in its preferred form (RFC 9110, section 5.6.7), such as
/// "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<std::int64_t> ParseHttpDate(std::string_view text);

/// Waits; false when `stop` was requested before the end.
using Wait = std::function<bool(std::chrono::nanoseconds, std::stop_token)>;
/// The wait of real time.
Wait RealWait();

}  // namespace kedge::llm
