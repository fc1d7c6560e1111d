#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#include "harness/core/result.h"
#include "harness/llm/chat.h"

namespace kedge::llm {

/// Why there is no response.
struct ChatFailure {
  enum class Kind {
    kUnavailable,  ///< not reached, not trusted, or its fault (5xx), however often it was tried
    kTimeout,      ///< no whole answer in time
    kRateLimited,  ///< asked to wait for longer than allowed, or too often; or out of quota
    kDenied,       ///< the key is not accepted (401, 403)
    kRejected,     ///< the request is not accepted (other 4xx)
    kBadResponse,  ///< what came is not what the interface promises
    kBudget,       ///< the budget does not allow the call
    kNotRecorded,  ///< the cassette does not hold this request
    kStopped,      ///< the stop token said so
  };
  Kind kind = Kind::kUnavailable;
  std::string text;  ///< for people; holds no key
  int attempts = 0;  ///< exchanges that were tried
};

/// "unavailable", "timeout", ...
std::string_view ToString(ChatFailure::Kind kind);

/// Bounds on one Complete, retries and waits included.
struct CallLimits {
  std::chrono::milliseconds timeout{600'000};
  std::stop_token stop;
};

/// A language model. Each object serves one thread.
class ChatModel {
 public:
  virtual ~ChatModel() = default;
  virtual tl::expected<ChatResponse, ChatFailure> Complete(const ChatRequest& request,
                                                           const CallLimits& limits) = 0;
};

}  // namespace kedge::llm
