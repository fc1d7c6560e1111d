#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "harness/net/http_client.h"
#include "harness/rpc/line_transport.h"

namespace kedge::rpc {

struct McpHttpTransportOptions {
  std::string url;
  net::Headers headers;  ///< sent with every request, such as Authorization
  net::HttpClientOptions http;
  std::size_t max_message_bytes = std::size_t{16} << 20;
  /// Keep a GET stream open for what the server says unasked, when it offers one.
  bool listen = true;
  /// How often a broken event stream is taken up again before the transport ends.
  int max_resumes = 5;
};

/// The client side of MCP's streamable HTTP transport: each message is a POST, answers come as JSON
/// or as Server-Sent Events; session id and protocol version are kept; a stream that breaks is
/// taken up where it broke if the server gave its events ids. The session is deleted at the end.
///
/// Used from one thread like every LineTransport; each request in flight has a thread of its own
/// inside. A request that fails (no connection, an HTTP error without a JSON-RPC body, a response
/// that is neither JSON nor events) ends the stream; Trouble says why.
class McpHttpTransport : public LineTransport {
 public:
  explicit McpHttpTransport(McpHttpTransportOptions options);
  ~McpHttpTransport() override;

  process::ReadResult ReadLine(process::Deadline deadline, std::size_t max_bytes) override;
  /// A request returns at once and must be answered by `deadline`; all else waits for the server to
  /// take it.
  process::IoStatus WriteLine(std::string_view line, process::Deadline deadline) override;
  std::string Trouble() const override;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::rpc
