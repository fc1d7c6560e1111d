#include "harness/service/world_tools.h"

#include <utility>

#include "harness/world/mcp_server.h"

namespace kedge::service {
namespace {

Json DefinitionOf(const world::ToolSpec& tool) {
  Json schema = tool.arguments;
  schema["type"] = "object";
  return {{"name", tool.name},
          {"description", tool.description},
          {"inputSchema", std::move(schema)},
          {"annotations", {{"readOnlyHint", !tool.writes}, {"openWorldHint", false}}}};
}

rpc::McpCallResult AsMcp(const world::ToolResult& result) {
  if (!result.ok) {
    rpc::McpCallResult failed =
        rpc::McpTextResult(result.error_class + ": " + result.message, /*is_error=*/true);
    failed.meta = {{world::kErrorClassKey, result.error_class}};
    return failed;
  }
  rpc::McpCallResult done = rpc::McpTextResult(
      result.content.is_string() ? result.content.get<std::string>() : DumpJson(result.content));
  if (result.content.is_object()) done.structured = result.content;
  return done;
}

}  // namespace

WorldTools::WorldTools(std::shared_ptr<const world::World> world, const WorldEpisode& episode)
    : world_(std::move(world)), session_(world_) {
  world::Session::Options options;
  options.transient_errors = episode.transient_errors;
  session_.Begin(episode.seed, options);
}

std::vector<rpc::McpTool> WorldTools::ListTools() {
  std::vector<rpc::McpTool> tools;
  for (const world::ToolSpec& tool : world_->tools()) {
    tools.push_back({tool.name, DefinitionOf(tool)});
  }
  return tools;
}

tl::expected<rpc::McpCallResult, rpc::RpcError> WorldTools::CallTool(const std::string& name,
                                                                     const Json& arguments,
                                                                     rpc::McpCallContext&) {
  const world::ToolResult result = session_.Call(name, arguments);
  if (result.error_class == "unknown_tool") {
    return tl::make_unexpected(rpc::RpcError{rpc::kInvalidParams, result.message, nullptr});
  }
  return AsMcp(result);
}

std::string WorldTools::instructions() const { return world_->policy(); }

}  // namespace kedge::service
