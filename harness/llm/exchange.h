#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "harness/llm/chat_model.h"
#include "harness/llm/http_chat_model.h"

namespace kedge::llm {

/// One exchange that brought no answer.
struct ExchangeFailure {
  ChatFailure::Kind kind = ChatFailure::Kind::kUnavailable;
  std::string text;
  bool retry = false;  ///< another try may help
  std::optional<std::chrono::milliseconds> retry_after;
  /// The server took the request: tokens may have been spent on it.
  bool reached = false;
};

/// Sends one encoded request once and reads the answer.
tl::expected<ChatResponse, ExchangeFailure> Exchange(net::HttpClient& client,
                                                     const WireFormat& format,
                                                     const HttpChatOptions& options,
                                                     const ChatRequest& request,
                                                     std::chrono::milliseconds timeout,
                                                     std::stop_token stop, const Clock& clock);

}  // namespace kedge::llm
