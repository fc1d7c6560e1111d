#include "harness/llm/exchange.h"

#include <algorithm>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/net/headers.h"
#include "harness/net/sse.h"

namespace kedge::llm {
namespace {

using Kind = ChatFailure::Kind;

constexpr std::size_t kMaxQuoted = 300;  // of what a server says, in a message

// The answer's bytes as they come: an event stream is decoded at once, all else is kept.
class AnswerSink {
 public:
  AnswerSink(const WireFormat& format, std::size_t max_bytes)
      : stream_(format.NewStream()), max_bytes_(max_bytes) {}

  // False ends the exchange: the answer is too long, or the server has put an error into it.
  bool Take(const net::HttpResponse& head, std::string_view piece) {
    bytes_ += piece.size();
    if (bytes_ > max_bytes_) throw BadData("the answer is longer than allowed");
    streamed_ =
        head.ok() && net::MediaType(head.headers.Get("content-type")) == "text/event-stream";
    if (!streamed_) {
      body_ += piece;
      return true;
    }
    parser_.Feed(piece, [this](const net::SseEvent& event) {
      if (!stream_->error()) stream_->Take(event);
    });
    return !stream_->error();
  }

  bool streamed() const { return streamed_; }
  StreamDecoder& stream() { return *stream_; }
  const std::string& body() const { return body_; }

 private:
  const std::unique_ptr<StreamDecoder> stream_;
  const std::size_t max_bytes_;
  net::SseParser parser_;
  std::size_t bytes_ = 0;
  bool streamed_ = false;
  std::string body_;
};

ExchangeFailure Describe(const net::HttpFailure& failure) {
  using HttpKind = net::HttpFailure::Kind;
  ExchangeFailure described{Kind::kUnavailable, failure.text, true, std::nullopt, true};
  switch (failure.kind) {
    case HttpKind::kBadUrl:
    case HttpKind::kTls:
      described.retry = false;
      described.reached = false;
      break;
    case HttpKind::kConnect:
      described.reached = false;
      break;
    case HttpKind::kTimeout:
    case HttpKind::kTooSlow:
      described.kind = Kind::kTimeout;
      break;
    case HttpKind::kTooLarge:
      described.kind = Kind::kBadResponse;
      described.retry = false;
      break;
    case HttpKind::kTruncated:
    case HttpKind::kProtocol:
      described.kind = Kind::kBadResponse;
      break;
    case HttpKind::kStopped:
      described.kind = Kind::kStopped;
      described.retry = false;
      break;
  }
  return described;
}

// Whatever a server sends is quoted as one short line without control characters.
std::string Quoted(const std::string& text) { return EscapeControls(Elide(text, kMaxQuoted)); }

std::string DescribeBody(const std::string& body) {
  try {
    if (const auto error = FindServerError(ParseJson(body))) {
      return error->type.empty() ? error->message : error->type + ": " + error->message;
    }
  } catch (const Error&) {
    // An error page of whoever stands in between; quoted below.
  }
  return body;
}

ExchangeFailure DescribeStatus(const net::HttpResponse& head, const std::string& body,
                               const Clock& clock) {
  const int status = head.status;
  const std::string said = DescribeBody(body);
  ExchangeFailure failure;
  failure.text = "status " + std::to_string(status) + ": " + Quoted(said);
  failure.retry_after = RetryAfter(head.headers, clock.UnixNanos());
  failure.retry = status == 408 || status == 409 || status == 429 || status >= 500;
  if (status == 429) {
    failure.kind = Kind::kRateLimited;
    // No waiting brings back a quota that is used up.
    if (said.starts_with("insufficient_quota")) failure.retry = false;
  } else if (status == 401 || status == 403) {
    failure.kind = Kind::kDenied;
  } else if (status >= 400 && status < 500 && status != 408 && status != 409) {
    failure.kind = Kind::kRejected;
  }
  const std::string_view wish = head.headers.Get("x-should-retry");
  if (wish == "true") failure.retry = true;
  if (wish == "false") failure.retry = false;
  return failure;
}

ExchangeFailure BadResponse(std::string text, bool retry = true) {
  return {Kind::kBadResponse, std::move(text), retry, std::nullopt, true};
}

ExchangeFailure DescribeStreamError(const ServerError& error) {
  ExchangeFailure failure =
      BadResponse("in the stream: " + Quoted(error.type + ": " + error.message));
  failure.kind = Kind::kUnavailable;
  if (error.type.starts_with("rate_limit")) failure.kind = Kind::kRateLimited;
  if (error.type.starts_with("invalid_request")) {
    failure.kind = Kind::kRejected;
    failure.retry = false;
  }
  return failure;
}

tl::expected<ChatResponse, ExchangeFailure> ReadAnswer(const WireFormat& format, AnswerSink& sink) {
  if (!sink.streamed()) {  // asked for or not: some servers do not stream
    const Json body = ParseJson(sink.body());
    if (const auto error = FindServerError(body)) {
      return tl::unexpected(DescribeStreamError(*error));
    }
    return format.Decode(body);
  }
  if (!sink.stream().complete()) {
    return tl::unexpected(BadResponse("the stream ended before the answer did"));
  }
  return sink.stream().Finish();
}

net::HttpRequest Encode(const WireFormat& format, const HttpChatOptions& options,
                        const ChatRequest& request) {
  net::HttpRequest http;
  http.method = "POST";
  http.url = options.url + std::string(format.path());
  http.headers = format.RequestHeaders(options.key);
  http.body = DumpJson(format.Encode(request, options.stream));
  return http;
}

}  // namespace

tl::expected<ChatResponse, ExchangeFailure> Exchange(net::HttpClient& client,
                                                     const WireFormat& format,
                                                     const HttpChatOptions& options,
                                                     const ChatRequest& request,
                                                     std::chrono::milliseconds timeout,
                                                     std::stop_token stop, const Clock& clock) {
  AnswerSink sink(format, options.max_response_bytes);
  try {
    const auto head = client.Send(
        Encode(format, options, request),
        [&](const net::HttpResponse& response, std::string_view piece) {
          return sink.Take(response, piece);
        },
        stop, timeout);
    if (sink.stream().error()) return tl::unexpected(DescribeStreamError(*sink.stream().error()));
    if (!head) return tl::unexpected(Describe(head.error()));
    if (!head->ok()) return tl::unexpected(DescribeStatus(*head, sink.body(), clock));
    return ReadAnswer(format, sink);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kBadData) throw;
    return tl::unexpected(BadResponse(Quoted(error.message())));
  }
}

}  // namespace kedge::llm
