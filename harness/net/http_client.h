#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "harness/core/result.h"
#include "harness/net/http_message.h"

namespace kedge::net {

/// What to ask for. http and https only.
struct HttpRequest {
  std::string method = "GET";
  std::string url;
  Headers headers;
  std::string body;  ///< sent with Content-Length for every method that has one; no Expect header
};

/// Bounds on one exchange, and how to reach the other side.
struct HttpClientOptions {
  std::chrono::milliseconds connect_timeout{10'000};  ///< resolving, connecting and TLS
  std::chrono::milliseconds timeout{60'000};  ///< the whole exchange; 0: none (event streams)
  /// Fewer than `low_speed_bytes` a second for `low_speed_seconds` ends it; 0 seconds: no such
  /// limit.
  std::int64_t low_speed_bytes = 1;
  std::int64_t low_speed_seconds = 0;
  std::size_t max_header_bytes = std::size_t{64} << 10;
  std::size_t max_body_bytes = std::size_t{64} << 20;  ///< decompressed; not counted with a sink
  bool accept_compressed = true;                       ///< gzip and deflate
  /// Proxy URL; empty: what http_proxy, https_proxy, all_proxy and no_proxy say. "none": no proxy.
  std::string proxy;
  /// PEM file of the authorities to trust; empty: SSL_CERT_FILE, or else the system's.
  std::string ca_file;
  std::string client_certificate;  ///< PEM file; empty: none
  std::string client_key;          ///< PEM file
  std::string user_agent = "kedge";
};

/// Why an exchange brought no whole response.
struct HttpFailure {
  enum class Kind {
    kBadUrl,     ///< no URL, or a scheme other than http and https
    kConnect,    ///< nobody was reached: nothing was sent
    kTls,        ///< the other side could not be trusted, or TLS failed
    kTimeout,    ///< HttpClientOptions::timeout passed after the connection stood
    kTooSlow,    ///< below the low-speed limit
    kTooLarge,   ///< headers or body beyond their limit
    kTruncated,  ///< the connection ended before the response did
    kProtocol,   ///< what came is not HTTP, or damaged
    kStopped,    ///< the stop token, or the sink said so
  };
  Kind kind = Kind::kProtocol;
  std::string text;  ///< for people; holds no header and no credentials
  /// What had come of the response; status 0 when not even its first line had.
  HttpResponse partial;
};

/// "connect", "timeout", ...
std::string_view ToString(HttpFailure::Kind kind);

/// Called with each piece of the body (decompressed) as it comes; `head` has status and headers.
/// False ends the exchange (HttpFailure::kStopped). May throw: the exception leaves Send.
using BodySink = std::function<bool(const HttpResponse& head, std::string_view piece)>;

/// An HTTP client over libcurl. Connections are kept and used again; redirects are not followed,
/// cookies not kept, ~/.netrc not read. Each object serves one thread; several may work at once.
class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options = {});
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  /// One exchange. A response of any status is a success here. With a `sink`, the body goes there
  /// and HttpResponse::body stays empty. `timeout` replaces HttpClientOptions::timeout. Ends soon
  /// after `stop` is requested, from any thread.
  tl::expected<HttpResponse, HttpFailure> Send(
      const HttpRequest& request, const BodySink& sink = {}, std::stop_token stop = {},
      std::optional<std::chrono::milliseconds> timeout = std::nullopt);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::net
