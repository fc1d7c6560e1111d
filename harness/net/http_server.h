#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "harness/net/http_message.h"

namespace kedge::net {

/// What a client asked for.
struct ServerRequest {
  std::string method;  ///< as sent: methods are case-sensitive
  std::string path;    ///< percent-decoded, begins with '/'; what is no valid path never arrives
  std::string query;   ///< after '?', as sent
  Headers headers;
  std::string body;  ///< whole and decompressed (gzip, deflate)
};

/// A response that is written piece by piece, such as Server-Sent Events. Thread-safe; outlives
/// its connection and its server, after which it is closed.
class ResponseStream {
 public:
  ~ResponseStream();
  /// Queues bytes; never blocks. False, and closed, when the client is gone, or so slow that more
  /// than HttpServerOptions::max_stream_backlog bytes wait for it.
  bool Write(std::string_view bytes);
  /// Ends the response after what was written.
  void Close();
  bool closed() const;

  struct State;
  explicit ResponseStream(std::shared_ptr<State> state);  ///< for HttpServer

 private:
  std::shared_ptr<State> state_;
};

/// How a handler answers: exactly one of Send and Stream, once. Valid until the handler returns.
class Responder {
 public:
  virtual ~Responder() = default;
  /// Headers hold no line breaks; Content-Length and Connection are added.
  virtual void Send(HttpResponse response) = 0;
  /// Begins a response without known length; status and headers go out at once.
  virtual std::shared_ptr<ResponseStream> Stream(int status, Headers headers) = 0;
  /// Requested when the server stops: a handler that waits should give up then.
  virtual std::stop_token stop_token() const = 0;
};

/// Called in a worker thread, for several requests at once. What it throws is logged and becomes
/// 500; so does returning without an answer.
using HttpHandler = std::function<void(const ServerRequest&, Responder&)>;

struct HttpServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: a free one
  unsigned threads = 4;    ///< handlers at work at once
  std::size_t max_connections = 512;
  std::size_t max_header_bytes = std::size_t{16} << 10;    ///< more: 431
  std::size_t max_body_bytes = std::size_t{16} << 20;      ///< as sent; more: 413
  std::size_t max_inflated_bytes = std::size_t{64} << 20;  ///< decompressed; more: 413
  std::size_t max_stream_backlog = std::size_t{8} << 20;
  std::chrono::milliseconds request_timeout{15'000};  ///< for all headers; again for all the body
  std::chrono::milliseconds idle_timeout{75'000};     ///< between requests of one connection
  std::chrono::milliseconds write_timeout{60'000};    ///< for each response or streamed piece
};

/// An HTTP/1.1 server: one thread for all connections, a fixed pool for the handlers. Slow or
/// silent clients cost a connection and nothing else. While the system has no descriptor or memory
/// for another connection, that is logged once and those that wait are taken in later. Keep-alive,
/// chunked bodies, 100-continue and compressed bodies are understood; TLS is left to a reverse
/// proxy.
class HttpServer {
 public:
  /// Listens at once. Throws Error: kUnavailable when the address cannot be had, kUsage when the
  /// host is no IP address or "localhost".
  HttpServer(HttpServerOptions options, HttpHandler handler);
  ~HttpServer();  ///< Stop(0).
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;
  std::string url() const;  ///< "http://127.0.0.1:8080", without a final slash

  /// Accepts nothing more, closes idle connections and streams, gives requests under way `grace` to
  /// finish, then cuts them off; returns when every handler has returned. May be called again.
  void Stop(std::chrono::milliseconds grace);

  class State;  ///< of http_server.cc

 private:
  std::unique_ptr<State> state_;
};

/// "HOST:PORT" or "PORT" into options; the host of "PORT" is 127.0.0.1, "[::1]:80" is IPv6. Throws
/// Error(kUsage) naming `what`.
void ParseListenAddress(std::string_view text, std::string_view what, HttpServerOptions& options);

}  // namespace kedge::net
