#pragma once

#include <string>
#include <vector>

#include "harness/rpc/mcp_server.h"

namespace kedge::testing {

/// Tools for tests of both ends of MCP: echo {text}, add {a, b} (structured), fail {}, slow {steps,
/// ms} (reports progress, hears cancellation), change {} (says that the tools changed), throw {}.
class TestTools : public rpc::McpToolHost {
 public:
  std::vector<rpc::McpTool> ListTools() override;
  tl::expected<rpc::McpCallResult, rpc::RpcError> CallTool(const std::string& name,
                                                           const Json& arguments,
                                                           rpc::McpCallContext& context) override;
  std::string instructions() const override { return "Use echo."; }
};

}  // namespace kedge::testing
