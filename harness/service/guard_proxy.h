#pragma once

#include <functional>
#include <memory>
#include <string>

#include "guards/monitor.h"
#include "harness/core/clock.h"
#include "harness/service/mcp_upstream.h"

namespace kedge::service {

/// `kedge guard proxy`: an MCP server that passes on the tools of another under a policy.
struct GuardProxyOptions {
  std::shared_ptr<const guards::Policy> policy;
  McpUpstreamOptions upstream;
  std::string listen;            ///< "HOST:PORT" for streamable HTTP (port 0: a free one); empty:
                                 ///< one client over standard input and output
  std::string record_folder;     ///< a TraceLog that gets one trace per client; may be empty
  std::string pins_file;         ///< JSON, tool to digest; written when there is none; may be empty
  std::string approvals_folder;  ///< see GuardedToolsOptions; may be empty
  const Clock* clock = nullptr;  ///< not owned
  std::function<bool()> stop_requested;
  std::function<void(const std::string& url)> started;  ///< told the URL when it listens
};

/// Serves until the client leaves (standard input and output) or `stop_requested` says so. Each
/// client gets a connection to the server, a monitor and a trace of its own. Throws Error: files
/// that cannot be read or written, an address that cannot be listened on; over standard input and
/// output also a server that does not answer.
void RunGuardProxy(const GuardProxyOptions& options);

}  // namespace kedge::service
