#include "harness/net/http_server.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "harness/core/error.h"
#include "harness/core/log.h"
#include "harness/net/http_connection.h"

namespace kedge::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAcceptPause = std::chrono::milliseconds(100);

asio::ip::address AddressOf(const std::string& host) {
  error_code error;
  const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (error) throw UsageError("'" + host + "' is no IP address to listen on, nor localhost");
  return address;
}

}  // namespace

class HttpServer::State final : public ConnectionOwner {
 public:
  State(HttpServerOptions options, HttpHandler handler);
  ~State() { Stop(std::chrono::milliseconds(0)); }

  std::uint16_t port() const { return port_; }
  void Stop(std::chrono::milliseconds grace);

  const HttpServerOptions& options() const override { return options_; }
  const HttpHandler& handler() const override { return handler_; }
  asio::thread_pool& pool() override { return *pool_; }
  std::stop_token stop_token() const override { return stop_.get_token(); }
  bool stopping() const override { return stopping_; }
  void Remove(HttpConnection& connection) override;

 private:
  void Listen();
  void Accept();
  void TakeIn(tcp::socket socket);
  void AcceptAfterPause(const std::string& why);
  void Serve();
  template <typename Action>
  void ForEachConnection(Action action);

  const HttpServerOptions options_;
  const HttpHandler handler_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  asio::steady_timer accept_pause_{io_};
  std::uint16_t port_ = 0;
  bool is_v6_ = false;
  bool stopping_ = false;     // server's thread
  std::int64_t refused_ = 0;  // connections that could not be taken in, in a row; likewise
  std::map<HttpConnection*, std::shared_ptr<HttpConnection>> connections_;
  std::mutex mutex_;  // guards gone_
  std::condition_variable all_gone_;
  bool gone_ = true;
  std::stop_source stop_;
  std::optional<asio::thread_pool> pool_;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  std::thread thread_;
};

HttpServer::State::State(HttpServerOptions options, HttpHandler handler)
    : options_(std::move(options)), handler_(std::move(handler)) {
  Listen();
  pool_.emplace(std::max(1U, options_.threads));
  work_.emplace(io_.get_executor());
  Accept();
  thread_ = std::thread([this] { Serve(); });
}

void HttpServer::State::Listen() {
  const tcp::endpoint endpoint(AddressOf(options_.host), options_.port);
  try {
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
    port_ = acceptor_.local_endpoint().port();
    is_v6_ = endpoint.address().is_v6();
  } catch (const boost::system::system_error& error) {
    throw Error(ErrorKind::kUnavailable, "cannot listen on " + options_.host + " port " +
                                             std::to_string(options_.port) + ": " +
                                             error.code().message());
  }
}

void HttpServer::State::Accept() {
  acceptor_.async_accept(io_, [this](error_code error, tcp::socket socket) {
    if (stopping_ || error == asio::error::operation_aborted) return;
    try {
      if (error) throw boost::system::system_error(error);
      TakeIn(std::move(socket));
    } catch (const std::exception& failure) {
      return AcceptAfterPause(failure.what());
    }
    refused_ = 0;
    Accept();
  });
}

void HttpServer::State::TakeIn(tcp::socket socket) {
  if (connections_.size() >= options_.max_connections) return;
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  const auto connection = MakeHttpConnection(socket.release(), is_v6_, io_, *this);
  connections_.emplace(connection.get(), connection);
  {
    const std::lock_guard lock(mutex_);
    gone_ = false;
  }
  try {
    connection->Start();
  } catch (...) {
    connection->Close();  // nobody would
    throw;
  }
}

// Out of descriptors or memory: some will come back. One line for each time that it runs out, as it
// may for long.
void HttpServer::State::AcceptAfterPause(const std::string& why) {
  if (refused_++ == 0) {
    Log(LogLevel::kError, "HTTP server " + options_.host + ":" + std::to_string(port_) +
                              " cannot take in a connection, and tries again: " + why);
  }
  accept_pause_.expires_after(kAcceptPause);
  accept_pause_.async_wait([this](error_code error) {
    if (!error && !stopping_) Accept();
  });
}

// What one connection throws must not end the others.
void HttpServer::State::Serve() {
  for (;;) {
    try {
      io_.run();
      return;
    } catch (const std::exception& error) {
      Log(LogLevel::kError, std::string("HTTP server: ") + error.what());
    }
  }
}

void HttpServer::State::Remove(HttpConnection& connection) {
  connections_.erase(&connection);
  if (!connections_.empty()) return;
  const std::lock_guard lock(mutex_);
  gone_ = true;
  all_gone_.notify_all();
}

template <typename Action>
void HttpServer::State::ForEachConnection(Action action) {
  const auto copy = connections_;  // the action may remove some
  for (const auto& [key, connection] : copy) action(*connection);
}

void HttpServer::State::Stop(std::chrono::milliseconds grace) {
  if (!thread_.joinable()) return;
  stop_.request_stop();
  asio::post(io_, [this] {
    stopping_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    accept_pause_.cancel();
    ForEachConnection([](HttpConnection& connection) { connection.EndWhenIdle(); });
  });
  {
    std::unique_lock lock(mutex_);
    all_gone_.wait_for(lock, grace, [this] { return gone_; });
  }
  pool_->join();  // before the connections go: handlers answer through them
  asio::post(io_, [this] {
    ForEachConnection([](HttpConnection& connection) { connection.Close(); });
    work_.reset();
  });
  thread_.join();
}

HttpServer::HttpServer(HttpServerOptions options, HttpHandler handler)
    : state_(std::make_unique<State>(std::move(options), std::move(handler))) {}
HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const { return state_->port(); }

std::string HttpServer::url() const {
  const std::string& host = state_->options().host;
  const bool is_v6 = host.find(':') != std::string::npos;
  return "http://" + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port());
}

void HttpServer::Stop(std::chrono::milliseconds grace) { state_->Stop(grace); }

}  // namespace kedge::net
