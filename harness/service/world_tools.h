#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/rpc/mcp_server.h"
#include "harness/world/world.h"

namespace kedge::service {

/// Which episode of a world is offered.
struct WorldEpisode {
  std::uint64_t seed = 1;        ///< drives transient errors
  bool transient_errors = true;  ///< seeded "unavailable" answers
};

/// The tools of one episode of a world, for one MCP client; the episode begins with this object and
/// ends with it. An error result carries its class in `_meta` under "kedge/error_class" and in its
/// text: "not_found: There is no order W1." A result's value is JSON text, and `structuredContent`
/// as well when it is an object. The world's policy is the server's instructions.
class WorldTools : public rpc::McpToolHost {
 public:
  WorldTools(std::shared_ptr<const world::World> world, const WorldEpisode& episode);

  std::vector<rpc::McpTool> ListTools() override;
  tl::expected<rpc::McpCallResult, rpc::RpcError> CallTool(const std::string& name,
                                                           const Json& arguments,
                                                           rpc::McpCallContext& context) override;
  std::string instructions() const override;

 private:
  const std::shared_ptr<const world::World> world_;
  world::Session session_;
};

}  // namespace kedge::service
