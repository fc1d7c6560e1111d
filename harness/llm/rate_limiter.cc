#include "harness/llm/rate_limiter.h"

#include <algorithm>

#include "harness/core/error.h"

namespace kedge::llm {

namespace {
constexpr double kMinuteNanos = 60e9;
}

RateLimiter::RateLimiter(RateLimits limits, const Clock& clock)
    : clock_(clock), last_nanos_(clock.SteadyNanos()) {
  if (limits.requests_per_minute < 0 || limits.tokens_per_minute < 0) {
    throw UsageError("rate limits must not be negative");
  }
  const auto fill = [](Bucket& bucket, std::int64_t per_minute) {
    bucket.depth = static_cast<double>(per_minute);
    bucket.level = bucket.depth;
  };
  fill(requests_, limits.requests_per_minute);
  fill(tokens_, limits.tokens_per_minute);
}

void RateLimiter::Bucket::Refill(double nanos) {
  level = std::min(depth, level + nanos * depth / kMinuteNanos);
}

double RateLimiter::Bucket::TakeAndWait(double amount) {
  if (depth <= 0) return 0;
  level -= amount;
  return level >= 0 ? 0 : -level * kMinuteNanos / depth;
}

std::chrono::nanoseconds RateLimiter::Take(std::int64_t tokens) {
  const std::lock_guard lock(mutex_);
  const std::int64_t now = clock_.SteadyNanos();
  const auto passed = static_cast<double>(now - last_nanos_);
  last_nanos_ = now;
  requests_.Refill(passed);
  tokens_.Refill(passed);
  const double wait =
      std::max(requests_.TakeAndWait(1), tokens_.TakeAndWait(static_cast<double>(tokens)));
  return std::chrono::nanoseconds(static_cast<std::int64_t>(wait));
}

void RateLimiter::Correct(std::int64_t taken, std::int64_t used) {
  const std::lock_guard lock(mutex_);
  tokens_.level = std::min(tokens_.depth, tokens_.level + static_cast<double>(taken - used));
}

}  // namespace kedge::llm
