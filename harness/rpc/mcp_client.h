#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/core/result.h"
#include "harness/process/deadline.h"
#include "harness/rpc/line_peer.h"
#include "harness/rpc/line_transport.h"
#include "harness/rpc/mcp.h"

namespace kedge::rpc {

struct McpClientOptions {
  McpImplementation client = {"kedge", "0.1.0"};
  std::string protocol_version = std::string(kMcpVersions.front());  ///< what is asked for
  Json capabilities = Json::object();
  std::size_t max_message_bytes = std::size_t{16} << 20;
  std::size_t max_tools = 10'000;  ///< over all pages
};

/// What a server said in `initialize`.
struct McpServerInfo {
  McpImplementation server;
  std::string protocol_version;
  Json capabilities = Json::object();
  std::string instructions;
};

/// The client end of MCP over any transport of messages: a child's pipes or streamable HTTP. One
/// call at a time; a call that is given up is cancelled at the server, its late answer ignored, and
/// the client stays usable. The server's `ping` is answered; all its other requests go to the
/// handler, or are refused without one. Not thread-safe.
class McpClient {
 public:
  /// `handler` (may be null) is not owned and must outlive this; it sees requests and notifications
  /// while a call waits.
  explicit McpClient(std::unique_ptr<LineTransport> transport, McpClientOptions options = {},
                     PeerHandler* handler = nullptr);
  ~McpClient();

  /// The handshake; call it first. kProtocol when the server insists on a version that kedge does
  /// not speak.
  tl::expected<McpServerInfo, CallFailure> Initialize(process::Deadline deadline);

  /// All pages of `tools/list`. kProtocol for a tool without name or schema, for two of one name,
  /// for a cursor that comes back and for more than max_tools.
  tl::expected<std::vector<McpTool>, CallFailure> ListTools(process::Deadline deadline);

  /// `tools/call`. A tool that failed is a result (is_error); kRefused is the server's refusal.
  tl::expected<McpCallResult, CallFailure> CallTool(const std::string& name, const Json& arguments,
                                                    process::Deadline deadline,
                                                    std::stop_token stop = {});

  tl::expected<Json, CallFailure> Ping(process::Deadline deadline);

  /// Any request. kTimeout by the deadline and when `stop` was requested.
  tl::expected<Json, CallFailure> Call(const std::string& method, Json params,
                                       process::Deadline deadline, std::stop_token stop = {});

  /// Takes in what the server has sent unasked, until `deadline` or until something came.
  /// False when the stream has ended.
  bool Listen(process::Deadline deadline);

  /// The server has said that its tools changed, since the last ListTools.
  bool tools_changed() const { return tools_changed_; }

 private:
  using Outcome = tl::expected<Json, CallFailure>;

  Outcome Await(const Id& id, process::Deadline deadline, const std::stop_token& stop);
  std::optional<CallFailure> Serve(const Message& message, process::Deadline deadline);
  CallFailure Ended(process::IoStatus status, const char* doing) const;
  void Cancel(const Id& id, const char* reason);

  const std::unique_ptr<LineTransport> transport_;
  const McpClientOptions options_;
  PeerHandler* const handler_;
  std::int64_t last_id_ = 0;
  bool tools_changed_ = false;
};

}  // namespace kedge::rpc
