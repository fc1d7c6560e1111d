#pragma once

#include <memory>
#include <stop_token>

#include "harness/net/http_server.h"

namespace boost::asio {
class io_context;
class thread_pool;
}  // namespace boost::asio

namespace kedge::net {

class HttpConnection;

/// What a connection needs of its server. Outlives its connections.
class ConnectionOwner {
 public:
  virtual const HttpServerOptions& options() const = 0;
  virtual const HttpHandler& handler() const = 0;
  virtual boost::asio::thread_pool& pool() = 0;  ///< for handlers
  virtual std::stop_token stop_token() const = 0;

  // In the server's thread.
  virtual bool stopping() const = 0;
  virtual void Remove(HttpConnection& connection) = 0;  ///< it is closed

 protected:
  ~ConnectionOwner() = default;
};

/// One client: reads a request, has it handled in the pool, writes the response, and so on. Used in
/// the server's thread only.
class HttpConnection {
 public:
  virtual ~HttpConnection() = default;
  virtual void Start() = 0;
  /// Ends what nobody is working on; a request under way goes on.
  virtual void EndWhenIdle() = 0;
  /// At once. May be called again.
  virtual void Close() = 0;
};

/// `descriptor` is a TCP connection that was accepted (over IPv6 or not), owned from here on; `io`
/// is the server's and outlives the connection. Throws std::exception, with the descriptor closed,
/// when the system has no room for it.
std::shared_ptr<HttpConnection> MakeHttpConnection(int descriptor, bool is_v6,
                                                   boost::asio::io_context& io,
                                                   ConnectionOwner& owner);

}  // namespace kedge::net
