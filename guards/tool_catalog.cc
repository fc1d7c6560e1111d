#include "guards/tool_catalog.h"

#include <algorithm>

#include "guards/schema_node.h"
#include "harness/core/error.h"
#include "harness/text/json_pointer.h"

namespace kedge::guards {

ToolCatalog ToolCatalog::Read(const Node& node) {
  ToolCatalog catalog;
  for (const auto& [name, tool] : node.Members()) catalog.ReadTool(name, tool);
  if (catalog.tools_.empty()) throw node.Fail("a policy needs at least one tool");
  return catalog;
}

void ToolCatalog::ReadTool(const std::string& name, const Node& node) {
  node.AllowKeys({"effect", "group", "groups", "aliases", "arguments"});
  Tool tool;
  tool.name = name;
  tool.effect = node["effect"].OneOf({"read", "write", "external"});
  tool.groups = node.StringsOr("groups");
  if (const auto group = node.Find("group")) tool.groups.push_back(group->NonEmptyString());
  if (const auto arguments = node.Find("arguments")) {
    tool.arguments = arguments->json();
    tool.schema = CompileSchemaNode(*arguments, arguments->json());
  }
  const auto id = static_cast<ToolId>(tools_.size());
  AddName(name, id, node);
  if (const auto aliases = node.Find("aliases")) {
    for (const Node& alias : aliases->Items()) AddName(alias.NonEmptyString(), id, alias);
  }
  tools_.push_back(std::move(tool));
}

void ToolCatalog::AddName(const std::string& name, ToolId id, const Node& node) {
  if (name.empty()) throw node.Fail("a tool needs a name");
  const auto [other, added] = ids_.emplace(name, id);
  if (added) return;
  const std::string owner = other->second == id ? name : tool(other->second).name;
  throw node.Fail("'" + name + "' already names the tool '" + owner + "'");
}

ToolId ToolCatalog::Find(std::string_view name_or_alias) const {
  const auto found = ids_.find(name_or_alias);
  return found == ids_.end() ? kUnknownTool : found->second;
}

bool ToolCatalog::HasGroup(std::string_view group) const {
  return std::any_of(tools_.begin(), tools_.end(), [group](const Tool& tool) {
    return std::find(tool.groups.begin(), tool.groups.end(), group) != tool.groups.end();
  });
}

std::vector<std::string> ToolCatalog::names() const {
  std::vector<std::string> out;
  for (const auto& [name, id] : ids_) out.push_back(name);
  return out;
}

std::vector<std::string> ToolCatalog::groups() const {
  std::vector<std::string> out;
  for (const Tool& tool : tools_) out.insert(out.end(), tool.groups.begin(), tool.groups.end());
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void ToolCatalog::CheckPointer(ToolId id, std::string_view pointer, const Node& node) const {
  if (pointer.empty() || !text::IsJsonPointer(pointer)) {
    throw node.Fail("expected a JSON Pointer into the arguments, such as /order_id");
  }
  const Json& schema = tool(id).arguments;
  if (!schema.is_object() || !schema.contains("properties")) return;
  const auto extra = schema.find("additionalProperties");
  if (extra == schema.end() || *extra != false || schema.contains("patternProperties")) return;
  std::vector<std::string> known;
  for (const auto& [name, unused] : schema["properties"].items()) {
    known.push_back(text::AppendPointer("", name));
  }
  const std::string first(pointer.substr(0, pointer.find('/', 1)));
  if (std::find(known.begin(), known.end(), first) != known.end()) return;
  const std::string near = NearestWord(first, known);
  throw node.Fail("tool '" + tool(id).name + "' has no argument " + first +
                  (near.empty() ? "" : "; did you mean " + near + "?"));
}

}  // namespace kedge::guards
