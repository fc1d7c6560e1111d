#include "harness/net/http_connection.h"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/log.h"
#include "harness/net/content_coding.h"
#include "harness/net/response_stream.h"
#include "harness/net/url.h"

namespace kedge::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr unsigned kHttp11 = 11;

// All members are touched in the server's thread only, except through Exchange.
class Connection : public HttpConnection, public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, ConnectionOwner& owner)
      : stream_(std::move(socket)),
        owner_(owner),
        options_(owner.options()),
        buffer_(options_.max_header_bytes + kReadAhead) {}

  void Start() override { ReadHeader(options_.request_timeout); }

  void EndWhenIdle() override {
    if (phase_ == Phase::kReading) Close();
    if (sink_) {
      const std::lock_guard lock(sink_->mutex);
      sink_->ended = true;
    }
    if (phase_ == Phase::kStreaming) Flush();
  }

  void Close() override {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.socket().close(ignored);
    if (sink_) sink_->Detach();
    owner_.Remove(*this);
  }

  // Called from a handler's thread; the rest happens in the server's.
  void PostResponse(HttpResponse response) {
    asio::post(stream_.get_executor(), [self = shared_from_this(), response = std::move(response)] {
      self->WriteResponse(response);
    });
  }

  std::shared_ptr<ResponseStream> PostStream(int status, Headers headers) {
    auto sink = std::make_shared<ResponseStream::State>();
    sink->max_backlog = options_.max_stream_backlog;
    sink->wake = [weak = weak_from_this(), executor = stream_.get_executor()] {
      asio::post(executor, [weak] {
        if (const auto self = weak.lock()) self->Flush();
      });
    };
    asio::post(stream_.get_executor(),
               [self = shared_from_this(), sink, status, headers = std::move(headers)] {
                 self->BeginStream(sink, status, headers);
               });
    return std::make_shared<ResponseStream>(sink);
  }

 private:
  enum class Phase { kReading, kHandling, kWriting, kStreaming };
  using Parser = http::request_parser<http::string_body>;
  static constexpr std::size_t kReadAhead = std::size_t{64} << 10;

  class Exchange;

  auto Guarded(void (Connection::*next)(error_code)) {
    return [self = shared_from_this(), next](error_code error, std::size_t = 0) {
      (self.get()->*next)(error);
    };
  }

  void ReadHeader(std::chrono::milliseconds timeout) {
    phase_ = Phase::kReading;
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(options_.max_header_bytes));
    parser_->body_limit(options_.max_body_bytes);
    stream_.expires_after(timeout);
    http::async_read_header(stream_, buffer_, *parser_, Guarded(&Connection::OnHeader));
  }

  void OnHeader(error_code error) {
    if (error) return Refuse(error);
    stream_.expires_after(options_.request_timeout);
    if (!beast::iequals(parser_->get()[http::field::expect], "100-continue")) return ReadBody();
    interim_.emplace(http::status::continue_, parser_->get().version());
    http::async_write(stream_, *interim_, Guarded(&Connection::OnContinueSent));
  }

  void OnContinueSent(error_code error) {
    if (error) return Close();
    ReadBody();
  }

  void ReadBody() { http::async_read(stream_, buffer_, *parser_, Guarded(&Connection::OnRequest)); }

  void OnRequest(error_code error);

  // A request that cannot be read: say why where there is a reader, and hang up.
  void Refuse(error_code error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      return RefuseWith(431, "too many bytes of headers");
    }
    if (error == http::error::body_limit) return RefuseWith(413, "the body is too large");
    const bool is_http =
        error.category() == http::make_error_code(http::error::bad_method).category();
    if (is_http && error != http::error::end_of_stream && error != http::error::partial_message) {
      return RefuseWith(400, "not an HTTP request: " + error.message());
    }
    Close();
  }

  void RefuseWith(int status, const std::string& text) {
    keep_alive_ = false;
    head_ = false;
    version_ = kHttp11;
    WriteResponse(MakeResponse(status, "text/plain; charset=utf-8", text + "\n"));
  }

  template <typename Message>
  void FillHead(Message& message, int status, const Headers& headers) const {
    message.version(kHttp11);
    message.result(static_cast<unsigned>(status));
    for (const auto& [name, value] : headers.fields()) message.insert(name, value);
    message.keep_alive(keep_alive_);
  }

  void WriteResponse(const HttpResponse& response) {
    phase_ = Phase::kWriting;
    if (owner_.stopping()) keep_alive_ = false;
    stream_.expires_after(options_.write_timeout);
    response_.emplace();
    FillHead(*response_, response.status, response.headers);
    const bool bodiless = response.status == 204 || response.status == 304;
    if (!head_ && !bodiless) response_->body() = response.body;
    if (!bodiless) response_->content_length(response.body.size());
    if (!head_) return http::async_write(stream_, *response_, Guarded(&Connection::OnWritten));
    // The length of what a GET would give, and no body.
    head_serializer_.emplace(*response_);
    http::async_write_header(stream_, *head_serializer_, Guarded(&Connection::OnWritten));
  }

  void OnWritten(error_code error) {
    head_serializer_.reset();
    response_.reset();
    if (error || !keep_alive_ || owner_.stopping()) return HangUp();
    ReadHeader(options_.idle_timeout);
  }

  // Lets the client read the response before the connection is reset for what it sent and we never
  // read (RFC 9112, section 9.6).
  void HangUp() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(kLinger);
    drained_ = 0;
    Drain();
  }

  void Drain() {
    phase_ = Phase::kReading;
    stream_.async_read_some(asio::buffer(drain_buffer_),
                            [self = shared_from_this()](error_code error, std::size_t size) {
                              self->drained_ += size;
                              if (error || self->drained_ > kMaxDrained) return self->Close();
                              self->Drain();
                            });
  }

  void BeginStream(std::shared_ptr<ResponseStream::State> sink, int status,
                   const Headers& headers) {
    phase_ = Phase::kStreaming;
    sink_ = std::move(sink);
    writing_ = true;
    last_chunk_sent_ = false;
    chunked_ = version_ >= kHttp11;
    if (!chunked_ || owner_.stopping()) keep_alive_ = false;
    stream_head_.emplace();
    FillHead(*stream_head_, status, headers);
    stream_head_->chunked(chunked_);
    stream_serializer_.emplace(*stream_head_);
    stream_.expires_after(options_.write_timeout);
    http::async_write_header(stream_, *stream_serializer_, Guarded(&Connection::OnPieceWritten));
    WatchForEnd();
  }

  // While nothing is read, this is how a client that left is noticed.
  void WatchForEnd() {
    stream_.socket().async_wait(tcp::socket::wait_read,
                                [self = shared_from_this()](error_code error) {
                                  if (error || self->phase_ != Phase::kStreaming) return;
                                  char byte = 0;
                                  error_code peeked;
                                  self->stream_.socket().non_blocking(true, peeked);
                                  const std::size_t got = self->stream_.socket().receive(
                                      asio::buffer(&byte, 1), tcp::socket::message_peek, peeked);
                                  if (peeked == asio::error::would_block)
                                    return self->WatchForEnd();
                                  if (peeked || got == 0) self->Close();
                                });
  }

  void OnPieceWritten(error_code error) {
    writing_ = false;
    if (error && error != http::error::end_of_stream) return Close();
    if (last_chunk_sent_) return EndStream();
    Flush();
  }

  void Flush() {
    if (phase_ != Phase::kStreaming || writing_) return;
    bool ended = false;
    {
      const std::lock_guard lock(sink_->mutex);
      if (sink_->aborted) ended = true;
      if (!ended && sink_->pending.empty() && !sink_->ended) return;
      if (!ended) {
        out_ = std::move(sink_->pending);
        sink_->pending.clear();
      }
    }
    if (ended) return Close();
    writing_ = true;
    stream_.expires_after(options_.write_timeout);
    if (!out_.empty()) return WritePiece();
    last_chunk_sent_ = true;
    if (!chunked_) return OnPieceWritten({});
    asio::async_write(stream_, http::make_chunk_last(), Guarded(&Connection::OnPieceWritten));
  }

  void WritePiece() {
    if (chunked_) {
      asio::async_write(stream_, http::make_chunk(asio::buffer(out_)),
                        Guarded(&Connection::OnPieceWritten));
    } else {
      asio::async_write(stream_, asio::buffer(out_), Guarded(&Connection::OnPieceWritten));
    }
  }

  void EndStream() {
    sink_->Detach();
    sink_.reset();
    stream_serializer_.reset();
    stream_head_.reset();
    error_code ignored;
    stream_.socket().cancel(ignored);  // WatchForEnd
    if (!keep_alive_ || owner_.stopping()) return HangUp();
    ReadHeader(options_.idle_timeout);
  }

  static constexpr auto kLinger = std::chrono::seconds(2);
  static constexpr std::size_t kMaxDrained = std::size_t{1} << 20;

  beast::tcp_stream stream_;
  ConnectionOwner& owner_;
  const HttpServerOptions& options_;
  beast::flat_buffer buffer_;
  Phase phase_ = Phase::kReading;
  std::optional<Parser> parser_;
  std::optional<http::response<http::empty_body>> interim_;
  std::optional<http::response<http::string_body>> response_;
  std::optional<http::response_serializer<http::string_body>> head_serializer_;
  bool keep_alive_ = false;
  bool head_ = false;
  unsigned version_ = kHttp11;
  // A streamed response.
  std::shared_ptr<ResponseStream::State> sink_;
  std::optional<http::response<http::empty_body>> stream_head_;
  std::optional<http::response_serializer<http::empty_body>> stream_serializer_;
  std::string out_;
  bool writing_ = false;
  bool chunked_ = true;
  bool last_chunk_sent_ = false;
  std::size_t drained_ = 0;
  char drain_buffer_[4096] = {};
};

// A request on its way through a handler's thread.
class Connection::Exchange : public Responder {
 public:
  Exchange(std::shared_ptr<Connection> connection, ConnectionOwner& owner)
      : connection_(std::move(connection)), owner_(owner) {}

  void Send(HttpResponse response) override {
    MarkAnswered(response.headers);
    connection_->PostResponse(std::move(response));
  }
  std::shared_ptr<ResponseStream> Stream(int status, Headers headers) override {
    MarkAnswered(headers);
    return connection_->PostStream(status, std::move(headers));
  }
  std::stop_token stop_token() const override { return owner_.stop_token(); }

  void Run(const ServerRequest& request) {
    try {
      owner_.handler()(request, *this);
    } catch (const std::exception& error) {
      Log(LogLevel::kError, "HTTP handler of " + request.path + ": " + error.what());
    }
    if (!answered_) Send(MakeResponse(500, "text/plain; charset=utf-8", "internal error\n"));
  }

 private:
  void MarkAnswered(const Headers& headers) {
    if (headers.HoldsLineBreak()) throw InternalError("a line break in a header to send");
    if (answered_) throw InternalError("an HTTP request was answered twice");
    answered_ = true;
  }

  std::shared_ptr<Connection> connection_;
  ConnectionOwner& owner_;
  bool answered_ = false;
};

std::optional<HttpResponse> FillRequest(const http::request<http::string_body>& message,
                                        ServerRequest& request) {
  request.method = std::string(message.method_string());
  const std::string_view target(message.target().data(), message.target().size());
  const std::size_t question = target.find('?');
  const std::optional<std::string> path = PercentDecode(target.substr(0, question));
  if (!path || !path->starts_with('/')) {
    return MakeResponse(400, "text/plain; charset=utf-8", "not a path\n");
  }
  request.path = *path;
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  for (const auto& field : message) {
    request.headers.Add(std::string(field.name_string()), std::string(field.value()));
  }
  return std::nullopt;
}

void Connection::OnRequest(error_code error) {
  if (error) return Refuse(error);
  stream_.expires_never();
  phase_ = Phase::kHandling;
  keep_alive_ = parser_->get().keep_alive();
  version_ = parser_->get().version();
  head_ = parser_->get().method() == http::verb::head;
  // Decompression is work too: it happens in the handler's thread.
  asio::post(owner_.pool(), [self = shared_from_this(), message = parser_->release()]() mutable {
    ServerRequest request;
    Exchange exchange(self, self->owner_);
    auto refusal = FillRequest(message, request);
    if (!refusal) {
      refusal = DecodeBody(std::move(message.body()), self->options_.max_inflated_bytes, request);
    }
    if (refusal) return exchange.Send(std::move(*refusal));
    exchange.Run(request);
  });
}

}  // namespace

std::shared_ptr<HttpConnection> MakeHttpConnection(int descriptor, bool is_v6, asio::io_context& io,
                                                   ConnectionOwner& owner) {
  tcp::socket socket(io);
  error_code error;
  socket.assign(is_v6 ? tcp::v6() : tcp::v4(), descriptor, error);
  if (error) {
    close(descriptor);
    throw boost::system::system_error(error);
  }
  return std::make_shared<Connection>(std::move(socket), owner);
}

}  // namespace kedge::net
