#pragma once

#include <cstddef>
#include <functional>

#include "harness/rpc/mcp_server.h"

namespace kedge::rpc {

struct McpStdioOptions {
  McpServerOptions server;
  std::size_t max_message_bytes = std::size_t{16} << 20;
  int in = 0;   ///< descriptor that messages are read from, one a line; not closed
  int out = 1;  ///< descriptor that answers are written to; not closed
  std::function<bool()> stop_requested;  ///< asked several times a second; may be empty
};

/// Serves one client over a pair of pipes until it closes its end or a stop is requested. Tool
/// calls run in a second thread, so that pings and cancellations are heard meanwhile; what was
/// asked before the end is still answered. A line that is no message is answered with an error, one
/// that is too long ends the conversation: Error(kBadData). Error(kIo) when reading fails.
void ServeMcpStdio(McpToolHost& host, const McpStdioOptions& options);

}  // namespace kedge::rpc
