#include "tests/rpc/mcp_test_tools.h"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace kedge::testing {
namespace {

rpc::McpTool Tool(const char* name, const char* description, Json properties) {
  return {name,
          {{"name", name},
           {"description", description},
           {"inputSchema", {{"type", "object"}, {"properties", std::move(properties)}}}}};
}

rpc::McpCallResult RunSlowly(const Json& arguments, rpc::McpCallContext& context) {
  const int steps = arguments.value("steps", 1);
  for (int i = 1; i <= steps; ++i) {
    if (context.stop_token().stop_requested()) return rpc::McpTextResult("stopped", true);
    // Told before the work: the official client loses progress that its result follows at once.
    context.Progress(i, steps, "step");
    std::this_thread::sleep_for(std::chrono::milliseconds(arguments.value("ms", 1)));
  }
  return rpc::McpTextResult("done");
}

}  // namespace

std::vector<rpc::McpTool> TestTools::ListTools() {
  const Json none = Json::object();
  const Json number = {{"type", "number"}};
  return {Tool("echo", "Says it back", {{"text", {{"type", "string"}}}}),
          Tool("add", "Adds", {{"a", number}, {"b", number}}),
          Tool("fail", "Fails", none),
          Tool("slow", "Takes its time", {{"steps", number}, {"ms", number}}),
          Tool("change", "Changes the tools", none),
          Tool("throw", "Is broken", none)};
}

tl::expected<rpc::McpCallResult, rpc::RpcError> TestTools::CallTool(const std::string& name,
                                                                    const Json& arguments,
                                                                    rpc::McpCallContext& context) {
  if (name == "echo") return rpc::McpTextResult(arguments.value("text", ""));
  if (name == "add") {
    const double sum = arguments.value("a", 0.0) + arguments.value("b", 0.0);
    rpc::McpCallResult result = rpc::McpTextResult(Json(sum).dump());
    result.structured = {{"sum", sum}};
    return result;
  }
  if (name == "fail") return rpc::McpTextResult("it failed", true);
  if (name == "slow") return RunSlowly(arguments, context);
  if (name == "throw") throw std::runtime_error("a secret detail");
  if (name == "change") {
    context.ToolsChanged();
    return rpc::McpTextResult("changed");
  }
  return tl::make_unexpected(rpc::RpcError{rpc::kInvalidParams, "unknown tool: " + name, {}});
}

}  // namespace kedge::testing
