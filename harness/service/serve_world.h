#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "harness/rpc/mcp.h"
#include "harness/service/world_tools.h"
#include "harness/world/world.h"

namespace kedge::service {

/// Serves one MCP client on standard input and output until it leaves or `stop_requested` says so.
void ServeWorldOnStdio(const std::shared_ptr<const world::World>& world,
                       const WorldEpisode& episode, const rpc::McpImplementation& self,
                       const std::function<bool()>& stop_requested);

/// Serves any number of MCP clients over streamable HTTP on "HOST:PORT" (port 0: a free one), each
/// with an episode of its own from the same start; `started` is told the URL. Returns once
/// `stop_requested` says so. Throws as net::HttpServer does.
void ServeWorldOnHttp(const std::shared_ptr<const world::World>& world, const WorldEpisode& episode,
                      const rpc::McpImplementation& self, const std::string& address,
                      const std::function<bool()>& stop_requested,
                      const std::function<void(const std::string& url)>& started);

}  // namespace kedge::service
