#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/net/http_server.h"
#include "harness/rpc/mcp_server.h"

namespace kedge::rpc {

struct McpHttpOptions {
  McpServerOptions server;
  net::HttpServerOptions http;
  std::string path = "/mcp";
  std::size_t max_sessions = 64;
  /// A session that was not used for so long may be ended when room is needed.
  std::chrono::seconds session_idle{1800};
  /// Answer tool calls with an event stream even when no progress was asked for.
  bool stream_calls = false;
  /// Origins (scheme://host:port) of web pages that may call, beside those of this machine.
  std::vector<std::string> allowed_origins;
  /// Makes session ids, which let whoever knows them in; empty: 128 bits from the kernel.
  std::function<std::string()> make_session_id;
};

/// MCP's streamable HTTP transport, server side: POST, GET and DELETE on one path, a session for
/// each client with a host of its own. A tool call is answered with JSON, or with events when the
/// client wants to hear of progress. While it listens on a loopback address, requests must name one
/// as Host, and any Origin must be this machine or allowed (DNS rebinding). Thread-safe.
class McpHttpServer {
 public:
  /// Makes the host of a new session; called in a worker thread. An Error becomes status 503.
  using HostFactory = std::function<std::unique_ptr<McpToolHost>()>;

  /// Listens at once; throws as net::HttpServer does. As many tool calls as `http.threads` run at
  /// once, of different sessions.
  McpHttpServer(McpHttpOptions options, HostFactory make_host);
  ~McpHttpServer();

  std::string url() const;  ///< with the path
  std::size_t session_count() const;
  /// Tells all clients that the tools are no longer what they were.
  void NotifyToolsChanged();
  /// As net::HttpServer::Stop; running calls are asked to stop.
  void Stop(std::chrono::milliseconds grace);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::rpc
