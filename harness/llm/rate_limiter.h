#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

#include "harness/core/clock.h"

namespace kedge::llm {

/// Rates that a provider grants; 0: no limit.
struct RateLimits {
  std::int64_t requests_per_minute = 0;
  std::int64_t tokens_per_minute = 0;
};

/// Token buckets, a minute deep and full at first, shared by all that use one key: who comes takes
/// what it needs at once, if need be on credit, and waits until the debt is refilled. So a request
/// larger than the bucket gets through, too. Thread-safe.
class RateLimiter {
 public:
  /// `clock` is not owned. Throws Error(kUsage) for negative limits.
  explicit RateLimiter(RateLimits limits, const Clock& clock = SystemClock());

  /// Takes one request of that many tokens and says how long to wait before it is sent.
  std::chrono::nanoseconds Take(std::int64_t tokens);
  /// Corrects what Take took by what the request really used.
  void Correct(std::int64_t taken, std::int64_t used);

 private:
  struct Bucket {
    double depth = 0;  // 0: no limit
    double level = 0;
    void Refill(double nanos);
    double TakeAndWait(double amount);
  };

  const Clock& clock_;
  std::mutex mutex_;
  Bucket requests_;
  Bucket tokens_;
  std::int64_t last_nanos_;
};

}  // namespace kedge::llm
