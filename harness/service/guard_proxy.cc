#include "harness/service/guard_proxy.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "harness/core/document.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/rpc/mcp_http_server.h"
#include "harness/rpc/mcp_stdio_server.h"
#include "harness/service/guarded_tools.h"
#include "harness/service/trace_log.h"

namespace kedge::service {
namespace {

using Pins = std::map<std::string, std::string>;

// Reads the pins, or makes them from what the server says now.
Pins LoadPins(const std::string& file, const McpUpstreamOptions& upstream) {
  if (!std::filesystem::exists(file)) {
    auto tools = McpUpstream(upstream).ListTools();
    if (!tools) throw Error(ErrorKind::kUnavailable, "tools/list: " + tools.error().text);
    const Pins pins = GuardedTools::DigestsOf(*tools);
    WriteFileAtomic(file, PrettyJson(Json(pins)) + "\n");
    return pins;
  }
  Pins pins;
  for (const auto& [tool, digest] : Document::Load(file).root().Members()) {
    pins[tool] = digest.NonEmptyString();
  }
  return pins;
}

class Proxy {
 public:
  explicit Proxy(const GuardProxyOptions& options) : options_(options) {
    if (!options.pins_file.empty()) pins_ = LoadPins(options.pins_file, options.upstream);
    if (!options.record_folder.empty()) log_.emplace(options.record_folder);
    if (!options.approvals_folder.empty()) MakeFolders(options.approvals_folder);
  }

  std::unique_ptr<GuardedTools> NewClient() {
    GuardedToolsOptions tools;
    tools.policy = options_.policy;
    tools.upstream = options_.upstream;
    tools.session =
        "proxy-" + std::to_string(options_.clock->UnixNanos()) + "-" + std::to_string(++clients_);
    tools.approvals_folder = options_.approvals_folder;
    tools.pins = pins_;
    tools.clock = options_.clock;
    if (log_) {
      tools.record = [this](const trace::Trace& trace) {
        const std::lock_guard lock(mutex_);
        log_->Append({trace});
      };
    }
    return std::make_unique<GuardedTools>(std::move(tools));
  }

 private:
  const GuardProxyOptions& options_;
  std::optional<Pins> pins_;
  std::atomic<int> clients_ = 0;
  std::mutex mutex_;
  std::optional<TraceLog> log_;
};

}  // namespace

void RunGuardProxy(const GuardProxyOptions& options) {
  Proxy proxy(options);
  if (options.listen.empty()) {
    const std::unique_ptr<GuardedTools> tools = proxy.NewClient();
    rpc::McpStdioOptions stdio;
    stdio.server.server = options.upstream.self;
    stdio.stop_requested = options.stop_requested;
    rpc::ServeMcpStdio(*tools, stdio);
    return;
  }
  rpc::McpHttpOptions http;
  net::ParseListenAddress(options.listen, "--http", http.http);
  http.server.server = options.upstream.self;
  rpc::McpHttpServer server(http, [&proxy] { return proxy.NewClient(); });
  options.started(server.url());
  while (!options.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  server.Stop(std::chrono::seconds(5));
}

}  // namespace kedge::service
