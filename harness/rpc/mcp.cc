#include "harness/rpc/mcp.h"

#include <algorithm>
#include <utility>

#include "harness/core/error.h"

namespace kedge::rpc {
namespace {

const Json* Member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

bool IsBlock(const Json& block) {
  return block.is_object() && Member(block, "type") != nullptr && block["type"].is_string();
}

}  // namespace

bool IsMcpVersion(std::string_view version) {
  return std::find(kMcpVersions.begin(), kMcpVersions.end(), version) != kMcpVersions.end();
}

bool AllowsBatches(std::string_view version) {
  return IsMcpVersion(version) && version <= "2025-03-26";
}

std::string McpTool::description() const {
  const Json* text = Member(definition, "description");
  return text != nullptr && text->is_string() ? text->get<std::string>() : std::string();
}

Json McpTool::input_schema() const { return definition.at("inputSchema"); }

Result<McpTool> ReadMcpTool(const Json& definition) {
  if (!definition.is_object()) return Fail(BadData("a tool is not an object"));
  const Json* name = Member(definition, "name");
  if (name == nullptr || !name->is_string() || name->get_ref<const std::string&>().empty()) {
    return Fail(BadData("a tool has no name"));
  }
  const Json* schema = Member(definition, "inputSchema");
  if (schema == nullptr || !schema->is_object()) {
    return Fail(BadData("tool '" + name->get<std::string>() + "' has no inputSchema object"));
  }
  return McpTool{name->get<std::string>(), definition};
}

std::string McpCallResult::Text() const {
  std::string text;
  bool first = true;
  for (const Json& block : content) {
    const Json* part = block.value("type", "") == "text" ? Member(block, "text") : nullptr;
    if (part == nullptr || !part->is_string()) continue;
    if (!first) text += '\n';
    first = false;
    text += part->get_ref<const std::string&>();
  }
  return text;
}

Result<McpCallResult> ReadMcpCallResult(const Json& result) {
  if (!result.is_object()) return Fail(BadData("the result of tools/call is not an object"));
  McpCallResult read;
  if (const Json* content = Member(result, "content")) {
    if (!content->is_array() || !std::all_of(content->begin(), content->end(), IsBlock)) {
      return Fail(BadData("the content of a tools/call result is not a list of typed blocks"));
    }
    read.content = *content;
  }
  if (const Json* structured = Member(result, "structuredContent")) read.structured = *structured;
  if (const Json* meta = Member(result, "_meta")) read.meta = *meta;
  if (const Json* is_error = Member(result, "isError")) {
    if (!is_error->is_boolean()) return Fail(BadData("isError is neither true nor false"));
    read.is_error = is_error->get<bool>();
  }
  return read;
}

Json ToJson(const McpCallResult& result) {
  Json json = {{"content", result.content}, {"isError", result.is_error}};
  if (!result.structured.is_null()) json["structuredContent"] = result.structured;
  if (!result.meta.is_null()) json["_meta"] = result.meta;
  return json;
}

McpCallResult McpTextResult(std::string text, bool is_error) {
  McpCallResult result;
  result.is_error = is_error;
  result.content.push_back({{"type", "text"}, {"text", std::move(text)}});
  return result;
}

}  // namespace kedge::rpc
