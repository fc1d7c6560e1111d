#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/core/result.h"
#include "harness/rpc/mcp_client.h"

namespace kedge::service {

/// An MCP server to talk to: exactly one of `command` and `url`.
struct McpUpstreamOptions {
  std::vector<std::string> command;  ///< program and arguments, spoken to over its pipes
  std::string url;                   ///< streamable HTTP
  rpc::McpImplementation self = {"kedge", "0.1.0"};
  std::chrono::seconds timeout{60};  ///< of a call
};

/// A client of an MCP server with a thread of its own, which starts, uses and ends the connection;
/// calls from several threads wait for each other. Thread-safe.
class McpUpstream {
 public:
  /// Connects and shakes hands; throws Error(kUnavailable), naming the server, when that fails.
  explicit McpUpstream(McpUpstreamOptions options);
  ~McpUpstream();

  const rpc::McpServerInfo& info() const;
  tl::expected<std::vector<rpc::McpTool>, rpc::CallFailure> ListTools();
  tl::expected<rpc::McpCallResult, rpc::CallFailure> CallTool(const std::string& name,
                                                              const Json& arguments,
                                                              std::stop_token stop);
  /// The server has said that its tools changed since the last ListTools. Takes in what it has
  /// said unasked.
  bool ToolsChanged();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace kedge::service
