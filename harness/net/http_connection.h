#pragma once

#include "harness/net/http_server.h"

// Asio 1.18 wants <utility> before it.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <stop_token>

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

std::shared_ptr<HttpConnection> MakeHttpConnection(boost::asio::ip::tcp::socket socket,
                                                   ConnectionOwner& owner);

}  // namespace kedge::net
