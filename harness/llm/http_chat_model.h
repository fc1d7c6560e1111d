#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "harness/core/clock.h"
#include "harness/llm/budget.h"
#include "harness/llm/chat_model.h"
#include "harness/llm/rate_limiter.h"
#include "harness/llm/retry.h"
#include "harness/llm/wire_format.h"
#include "harness/net/http_client.h"

namespace kedge::llm {

struct HttpChatOptions {
  std::string url;  ///< up to the interface's path, such as https://example.org/v1
  std::string key;  ///< empty: none is sent
  bool stream = true;
  std::size_t max_response_bytes = std::size_t{16} << 20;
  RetryPolicy retry;
  std::uint64_t seed = 0;  ///< of the jitter
  /// Timeouts (of one exchange), proxy, authorities.
  net::HttpClientOptions http;
};

/// What the models of one run have in common. Thread-safe; all members are set.
struct SharedLimits {
  std::shared_ptr<Budget> budget = std::make_shared<Budget>();
  std::shared_ptr<RateLimiter> rate = std::make_shared<RateLimiter>(RateLimits{});
};

/// A model behind HTTP. Tried again: what was not reached, timeouts, answers cut off or damaged,
/// 408, 409, 429, 5xx, and whatever the server marks with `x-should-retry`; each try is paid from
/// the budget. Throws Error(kUsage) for a URL that would carry the key unencrypted to another
/// machine.
std::unique_ptr<ChatModel> MakeHttpChatModel(HttpChatOptions options,
                                             std::shared_ptr<const WireFormat> format,
                                             SharedLimits limits = {}, Wait wait = RealWait(),
                                             const Clock& clock = SystemClock());

}  // namespace kedge::llm
