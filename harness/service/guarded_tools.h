#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "guards/monitor.h"
#include "harness/core/clock.h"
#include "harness/rpc/mcp_server.h"
#include "harness/service/mcp_upstream.h"
#include "harness/trace/trace.h"

namespace kedge::service {

struct GuardedToolsOptions {
  std::shared_ptr<const guards::Policy> policy;
  McpUpstreamOptions upstream;
  std::string session;           ///< names the episode and its trace
  std::string approvals_folder;  ///< where people answer an ASK; empty: every ASK is refused
  /// Definitions as they were when someone last looked at them: tool to ToolDefinitionDigest. A
  /// tool that is not in there or has another definition is neither shown nor called. nullopt: as
  /// they were when this session first saw them.
  std::optional<std::map<std::string, std::string>> pins;
  const Clock* clock = nullptr;                     ///< for the events' times; not owned
  std::function<void(const trace::Trace&)> record;  ///< gets the trace at the end; may be empty
};

/// The tools of another MCP server, for one client, under a guard policy:
///
/// - `tools/list` leaves out what can never be called (guards::IsOffered) and what is not as
/// pinned.
/// - `tools/call` is judged before it is passed on, its result before it is passed back. Denied: an
///   error result that says which rules spoke. Redacted: arguments or result without the parts.
///   ASK: an error result with the binding; when a person then makes a file of that name in the
///   approvals folder, the same call passes once (the file is taken away).
/// - A result of several kinds of content is judged, and passed on, as what a reader would see: the
///   structured content where its text says the same, else all of it.
///
/// The user's messages do not pass here: rules about them cannot be met and deny.
class GuardedTools : public rpc::McpToolHost {
 public:
  /// Connects to the server; throws as McpUpstream does.
  explicit GuardedTools(GuardedToolsOptions options);
  ~GuardedTools() override;  ///< hands over the trace; what `record` throws is lost

  std::vector<rpc::McpTool> ListTools() override;
  tl::expected<rpc::McpCallResult, rpc::RpcError> CallTool(const std::string& name,
                                                           const Json& arguments,
                                                           rpc::McpCallContext& context) override;
  std::string instructions() const override { return upstream_.info().instructions; }

  /// All tools of the server with the digests of their definitions, pinned or not.
  static std::map<std::string, std::string> DigestsOf(const std::vector<rpc::McpTool>& tools);

 private:
  void Refresh();
  bool IsAsPinned(const std::string& name, const std::string& digest) const;
  guards::Event MakeEvent(guards::EventType type, const std::string& tool, Json arguments) const;
  guards::Decision Judge(const guards::Event& call);
  bool TakeApproval(const std::string& binding) const;
  rpc::McpCallResult Refuse(const guards::Event& call, const guards::Decision& decision);
  rpc::McpCallResult PassOn(guards::Event call, std::stop_token stop);
  rpc::McpCallResult PassBack(const guards::Event& call, rpc::McpCallResult result);
  void RecordStep(trace::Step step);
  void RecordFindings(const guards::Decision& decision);
  void RecordResult(const rpc::McpCallResult& result, const std::string& error_class);

  const GuardedToolsOptions options_;
  McpUpstream upstream_;
  guards::Monitor monitor_;
  trace::Trace trace_;
  int calls_ = 0;
  std::mutex mutex_;                 // guards what follows
  std::vector<rpc::McpTool> tools_;  // that are shown
  std::map<std::string, std::string> digests_;
  std::map<std::string, std::string> pins_;
  bool listed_ = false;
};

}  // namespace kedge::service
