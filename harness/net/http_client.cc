#include "harness/net/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <exception>
#include <utility>

#include "harness/core/error.h"

namespace kedge::net {
namespace {

using FailureKind = HttpFailure::Kind;

constexpr int kPollMillis = 1000;

void StartCurlOnce() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw InternalError("libcurl does not start");
}

FailureKind KindOf(CURLcode code) {
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return FailureKind::kBadUrl;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return FailureKind::kConnect;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return FailureKind::kTls;
    case CURLE_OPERATION_TIMEDOUT:
      return FailureKind::kTimeout;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return FailureKind::kTruncated;
    default:
      return FailureKind::kProtocol;
  }
}

std::string_view TrimLine(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  return line;
}

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Owns a list of header lines.
class HeaderList {
 public:
  explicit HeaderList(const Headers& headers) {
    Append("Expect:");  // libcurl would wait a second for a server that ignores it
    for (const auto& [name, value] : headers.fields()) {
      // "Name;" is libcurl's way to send a field without a value.
      Append((value.empty() ? name + ";" : name + ": " + value).c_str());
    }
  }
  ~HeaderList() { curl_slist_free_all(list_); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  curl_slist* get() const { return list_; }

 private:
  void Append(const char* line) {
    curl_slist* longer = curl_slist_append(list_, line);
    if (longer == nullptr) throw std::bad_alloc();
    list_ = longer;
  }
  curl_slist* list_ = nullptr;
};

// One response as it comes in. libcurl is C: nothing may be thrown through its callbacks.
struct Exchange {
  const HttpClientOptions& options;
  const BodySink& sink;
  const std::stop_token& stop;
  HttpResponse response{0, {}, {}};
  std::size_t header_bytes = 0;
  bool head_complete = false;
  std::optional<HttpFailure> failure = std::nullopt;
  std::exception_ptr thrown = nullptr;

  bool TakeHeaderLine(std::string_view line) {
    header_bytes += line.size();
    if (header_bytes > options.max_header_bytes) {
      failure = {FailureKind::kTooLarge,
                 "more than " + std::to_string(options.max_header_bytes) + " bytes of headers",
                 {}};
      return false;
    }
    line = TrimLine(line);
    head_complete = line.empty();
    if (line.starts_with("HTTP/")) {
      // A new block: the one before was an interim response or a proxy's.
      response.headers.Clear();
      response.status = 0;
      const std::size_t space = line.find(' ');
      if (space != std::string_view::npos) {
        std::from_chars(line.data() + space + 1, line.data() + line.size(), response.status);
      }
    } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
      response.headers.Add(std::string(line.substr(0, colon)),
                           std::string(TrimBlanks(line.substr(colon + 1))));
    }
    return true;
  }

  bool TakeBody(std::string_view piece) {
    if (sink) {
      if (sink(response, piece)) return true;
      failure = {FailureKind::kStopped, "the receiver wanted no more", {}};
      return false;
    }
    if (response.body.size() + piece.size() > options.max_body_bytes) {
      failure = {FailureKind::kTooLarge,
                 "a body of more than " + std::to_string(options.max_body_bytes) + " bytes",
                 {}};
      return false;
    }
    response.body += piece;
    return true;
  }
};

template <bool (Exchange::*kTake)(std::string_view)>
std::size_t OnBytes(char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::size_t bytes = size * count;
  try {
    if ((exchange.*kTake)({data, bytes})) return bytes;
  } catch (...) {
    exchange.thrown = std::current_exception();
  }
  return bytes == 0 ? 1 : 0;  // anything but `bytes` ends the transfer
}

int OnProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  return static_cast<Exchange*>(user)->stop.stop_requested() ? 1 : 0;
}

}  // namespace

std::string_view ToString(FailureKind kind) {
  switch (kind) {
    case FailureKind::kBadUrl:
      return "bad_url";
    case FailureKind::kConnect:
      return "connect";
    case FailureKind::kTls:
      return "tls";
    case FailureKind::kTimeout:
      return "timeout";
    case FailureKind::kTooSlow:
      return "too_slow";
    case FailureKind::kTooLarge:
      return "too_large";
    case FailureKind::kTruncated:
      return "truncated";
    case FailureKind::kProtocol:
      return "protocol";
    case FailureKind::kStopped:
      return "stopped";
  }
  return "unknown";
}

class HttpClient::State {
 public:
  explicit State(HttpClientOptions options) : options_(std::move(options)) {
    StartCurlOnce();
    multi_ = curl_multi_init();
    easy_ = curl_easy_init();
    if (multi_ == nullptr || easy_ == nullptr) throw InternalError("libcurl gives no handle");
  }
  ~State() {
    curl_easy_cleanup(easy_);
    curl_multi_cleanup(multi_);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  tl::expected<HttpResponse, HttpFailure> Send(const HttpRequest& request, const BodySink& sink,
                                               const std::stop_token& stop,
                                               std::chrono::milliseconds timeout) {
    if (request.headers.HoldsLineBreak()) throw InternalError("a line break in a header to send");
    Exchange exchange{options_, sink, stop};
    const HeaderList headers(request.headers);
    curl_easy_reset(easy_);  // keeps connections
    SetBounds(timeout);
    SetPeer();
    SetRequest(request, headers);
    SetCallbacks(exchange);
    const CURLcode code = Transfer(stop);
    if (exchange.thrown) std::rethrow_exception(exchange.thrown);
    // libcurl takes headers that end early for the whole of them.
    if (code == CURLE_OK && exchange.head_complete) return std::move(exchange.response);
    return tl::make_unexpected(FailureOf(code, exchange));
  }

  const HttpClientOptions& options() const { return options_; }

 private:
  template <typename Value>
  void Set(CURLoption option, Value value) {
    if (curl_easy_setopt(easy_, option, value) != CURLE_OK) {
      throw InternalError("libcurl refuses option " + std::to_string(option));
    }
  }

  void SetBounds(std::chrono::milliseconds timeout) {
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
    Set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
    Set(CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(options_.low_speed_bytes));
    Set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.low_speed_seconds));
    Set(CURLOPT_PROTOCOLS_STR, "http,https");
    Set(CURLOPT_FOLLOWLOCATION, 0L);
  }

  void SetPeer() {
    Set(CURLOPT_USERAGENT, options_.user_agent.c_str());
    Set(CURLOPT_ERRORBUFFER, error_text_);
    error_text_[0] = '\0';
    if (options_.accept_compressed) Set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    Set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (options_.proxy == "none") {
      Set(CURLOPT_PROXY, "");
    } else if (!options_.proxy.empty()) {
      Set(CURLOPT_PROXY, options_.proxy.c_str());
    }
    const char* system_ca = std::getenv("SSL_CERT_FILE");
    if (!options_.ca_file.empty()) {
      Set(CURLOPT_CAINFO, options_.ca_file.c_str());
    } else if (system_ca != nullptr && *system_ca != '\0') {
      Set(CURLOPT_CAINFO, system_ca);
    }
    if (!options_.client_certificate.empty()) {
      Set(CURLOPT_SSLCERT, options_.client_certificate.c_str());
    }
    if (!options_.client_key.empty()) Set(CURLOPT_SSLKEY, options_.client_key.c_str());
  }

  void SetRequest(const HttpRequest& request, const HeaderList& headers) {
    Set(CURLOPT_URL, request.url.c_str());
    Set(CURLOPT_HTTPHEADER, headers.get());
    if (request.method == "HEAD") {
      Set(CURLOPT_NOBODY, 1L);
      return;
    }
    if (request.method == "GET" && request.body.empty()) return;
    const bool has_body = !request.body.empty() || request.method == "POST" ||
                          request.method == "PUT" || request.method == "PATCH";
    if (has_body) {
      Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      Set(CURLOPT_POSTFIELDS, request.body.data());
    }
    if (request.method != "POST") Set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }

  void SetCallbacks(Exchange& exchange) {
    Set(CURLOPT_HEADERFUNCTION, &OnBytes<&Exchange::TakeHeaderLine>);
    Set(CURLOPT_HEADERDATA, &exchange);
    Set(CURLOPT_WRITEFUNCTION, &OnBytes<&Exchange::TakeBody>);
    Set(CURLOPT_WRITEDATA, &exchange);
    Set(CURLOPT_NOPROGRESS, 0L);
    Set(CURLOPT_XFERINFOFUNCTION, &OnProgress);
    Set(CURLOPT_XFERINFODATA, &exchange);
  }

  CURLcode Transfer(const std::stop_token& stop) {
    if (curl_multi_add_handle(multi_, easy_) != CURLM_OK) return CURLE_FAILED_INIT;
    const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi_); });
    int running = 1;
    CURLMcode status = CURLM_OK;
    while (status == CURLM_OK && !stop.stop_requested()) {
      status = curl_multi_perform(multi_, &running);
      if (status != CURLM_OK || running == 0) break;
      status = curl_multi_poll(multi_, nullptr, 0, kPollMillis, nullptr);
    }
    CURLcode code = stop.stop_requested() ? CURLE_ABORTED_BY_CALLBACK : CURLE_FAILED_INIT;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg == CURLMSG_DONE) code = message->data.result;
    }
    curl_multi_remove_handle(multi_, easy_);
    return code;
  }

  HttpFailure FailureOf(CURLcode code, Exchange& exchange) const {
    HttpFailure failure;
    if (exchange.failure) {
      failure = std::move(*exchange.failure);
    } else if (code == CURLE_ABORTED_BY_CALLBACK) {
      failure = {FailureKind::kStopped, "stopped", {}};
    } else if (code == CURLE_OK) {
      failure = {FailureKind::kTruncated, "the connection ended inside the headers", {}};
    } else {
      failure.kind = KindOf(code);
      failure.text = error_text_[0] != '\0' ? error_text_ : curl_easy_strerror(code);
      Refine(failure);
    }
    failure.partial = std::move(exchange.response);
    return failure;
  }

  // libcurl has one code for a wrong scheme and a wrong answer, and one for three kinds of
  // slowness.
  void Refine(HttpFailure& failure) const {
    curl_off_t connect_time = 0;
    curl_easy_getinfo(easy_, CURLINFO_CONNECT_TIME_T, &connect_time);
    long new_connections = 0;
    curl_easy_getinfo(easy_, CURLINFO_NUM_CONNECTS, &new_connections);
    const bool connected = connect_time > 0 || new_connections == 0;
    if (failure.kind == FailureKind::kBadUrl && connect_time > 0) {
      failure.kind = FailureKind::kProtocol;
    } else if (failure.kind == FailureKind::kTimeout) {
      if (failure.text.find("too slow") != std::string::npos) failure.kind = FailureKind::kTooSlow;
      if (!connected) failure.kind = FailureKind::kConnect;
    }
  }

  const HttpClientOptions options_;
  CURLM* multi_ = nullptr;
  CURL* easy_ = nullptr;
  char error_text_[CURL_ERROR_SIZE] = {};
};

HttpClient::HttpClient(HttpClientOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

tl::expected<HttpResponse, HttpFailure> HttpClient::Send(
    const HttpRequest& request, const BodySink& sink, std::stop_token stop,
    std::optional<std::chrono::milliseconds> timeout) {
  return state_->Send(request, sink, stop, timeout.value_or(state_->options().timeout));
}

}  // namespace kedge::net
