#include "harness/service/serve_world.h"

#include <chrono>
#include <thread>

#include "harness/net/http_server.h"
#include "harness/rpc/mcp_http_server.h"
#include "harness/rpc/mcp_stdio_server.h"

namespace kedge::service {

void ServeWorldOnStdio(const std::shared_ptr<const world::World>& world,
                       const WorldEpisode& episode, const rpc::McpImplementation& self,
                       const std::function<bool()>& stop_requested) {
  WorldTools tools(world, episode);
  rpc::McpStdioOptions options;
  options.server.server = self;
  options.stop_requested = stop_requested;
  rpc::ServeMcpStdio(tools, options);
}

void ServeWorldOnHttp(const std::shared_ptr<const world::World>& world, const WorldEpisode& episode,
                      const rpc::McpImplementation& self, const std::string& address,
                      const std::function<bool()>& stop_requested,
                      const std::function<void(const std::string& url)>& started) {
  rpc::McpHttpOptions options;
  net::ParseListenAddress(address, "--http", options.http);
  options.server.server = self;
  rpc::McpHttpServer server(options, [&] { return std::make_unique<WorldTools>(world, episode); });
  started(server.url());
  while (!stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  server.Stop(std::chrono::seconds(5));
}

}  // namespace kedge::service
