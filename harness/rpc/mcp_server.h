#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/core/result.h"
#include "harness/rpc/jsonrpc.h"
#include "harness/rpc/mcp.h"

namespace kedge::rpc {

/// What a running tool may do besides computing its result.
class McpCallContext {
 public:
  virtual ~McpCallContext() = default;
  /// Requested when the client cancels the call or leaves.
  virtual std::stop_token stop_token() const = 0;
  /// Tells the client how far it is, if it asked for that. `progress` must rise.
  virtual void Progress(double progress, std::optional<double> total,
                        const std::string& message) = 0;
  /// Tells the client that this host's tools are no longer what they were.
  virtual void ToolsChanged() = 0;
};

/// What is offered to one client. Calls come one at a time; ListTools may come during one, from
/// another thread.
class McpToolHost {
 public:
  virtual ~McpToolHost() = default;
  /// In a stable order; `definition` must have `name` and `inputSchema`.
  virtual std::vector<McpTool> ListTools() = 0;
  /// The result, or a protocol error. kInvalidParams for an unknown tool. What it throws becomes
  /// kInternalError without detail.
  virtual tl::expected<McpCallResult, RpcError> CallTool(const std::string& name,
                                                         const Json& arguments,
                                                         McpCallContext& context) = 0;
  /// How the tools are meant to be used; may be empty.
  virtual std::string instructions() const { return {}; }
};

struct McpServerOptions {
  McpImplementation server = {"kedge", "0.1.0"};
  std::size_t page_size = 100;  ///< tools in a page of tools/list, at least 1
};

/// One client's conversation with a server, whatever carries it. Thread-safe: several messages may
/// be handled at once; tool calls wait for each other.
class McpServerSession {
 public:
  /// Carries a notification to the client.
  using Outlet = std::function<void(const Notification&)>;

  /// `host` is not owned and must outlive this.
  McpServerSession(McpToolHost& host, McpServerOptions options);

  /// Handles one message; returns the response to send. nullopt for a notification, for a response,
  /// and for a call that the client cancelled. `related` gets what belongs to this request
  /// (progress), before this returns.
  std::optional<Response> Handle(const Message& message, const Outlet& related);

  /// Where notifications go that belong to no request; empty: nowhere.
  void SetOutlet(Outlet outlet);
  /// The host's tools are no longer what they were.
  void NotifyToolsChanged();

  /// Asks all running calls to stop; their answers are not wanted any more.
  void Abandon();

  /// The agreed version; empty before `initialize`.
  std::string protocol_version() const;

 private:
  using Outcome = tl::expected<Json, RpcError>;
  class Context;

  Outcome Dispatch(const Request& request, const Outlet& related, std::stop_token stop);
  Outcome Initialize(const Json& params);
  Outcome ListTools(const Json& params);
  Outcome CallTool(const Json& params, const Outlet& related, std::stop_token stop);
  void OnNotification(const Notification& notification);

  McpToolHost& host_;
  const McpServerOptions options_;
  mutable std::mutex mutex_;  // guards what follows; never held while the host works
  std::string protocol_version_;
  std::map<std::string, std::stop_source> running_;  // by id as JSON
  Outlet outlet_;
  std::mutex call_mutex_;  // held during a tool call
};

}  // namespace kedge::rpc
