#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/llm/chat.h"
#include "harness/net/headers.h"
#include "harness/net/sse.h"

namespace kedge::llm {

/// What a server says in place of an answer.
struct ServerError {
  std::string type;     ///< "overloaded_error", "insufficient_quota", ...; may be empty
  std::string message;  ///< for people
};

/// The error object of a body, as both interfaces write it; nullopt when there is none.
std::optional<ServerError> FindServerError(const Json& body);

/// Puts a streamed answer together. Not thread-safe.
class StreamDecoder {
 public:
  virtual ~StreamDecoder() = default;
  /// Throws Error(kBadData) for an event that cannot be understood.
  virtual void Take(const net::SseEvent& event) = 0;
  /// The error that the server put into the stream.
  virtual const std::optional<ServerError>& error() const = 0;
  /// True when the answer's end has come; a stream that ends before it was cut off.
  virtual bool complete() const = 0;
  /// The answer; once, and only when complete.
  virtual ChatResponse Finish() = 0;
};

/// How one interface writes requests and answers. Immutable, thread-safe.
class WireFormat {
 public:
  virtual ~WireFormat() = default;
  virtual std::string_view path() const = 0;  ///< after the base URL
  /// Content type, version and, unless `key` is empty, the key.
  virtual net::Headers RequestHeaders(const std::string& key) const = 0;
  virtual Json Encode(const ChatRequest& request, bool stream) const = 0;
  /// Throws Error(kBadData) for a body that is no answer.
  virtual ChatResponse Decode(const Json& body) const = 0;
  virtual std::unique_ptr<StreamDecoder> NewStream() const = 0;
};

/// OpenAI-compatible chat completions. Many servers know only `max_tokens`, others only
/// `max_completion_tokens`: `max_tokens_field` says which to send.
std::unique_ptr<WireFormat> ChatCompletionsFormat(std::string max_tokens_field = "max_tokens");

/// The Anthropic messages interface, version 2023-06-01. It takes no seed: none is sent.
std::unique_ptr<WireFormat> MessagesFormat();

}  // namespace kedge::llm
