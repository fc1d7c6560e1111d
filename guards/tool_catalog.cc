#include "guards/tool_catalog.h"

#include <algorithm>

#include "guards/schema_node.h"
#include "harness/core/error.h"
#include "harness/text/json_pointer.h"

namespace kedge::guards {
namespace {

constexpr std::size_t kDigestLength = 64;

// Where a schema leads for one part of a pointer.
struct SchemaStep {
  bool impossible = false;
  std::vector<std::string> known;  // what would have been possible, as "/name"
  const Json* next = nullptr;      // null when the schema says nothing more
};

SchemaStep StepInto(const Json& schema, const std::string& token) {
  SchemaStep step;
  if (!schema.is_object()) return step;
  const auto items = schema.find("items");
  const bool index = token == "*" || token.find_first_not_of("0123456789") == token.npos;
  if (items != schema.end() && index) {
    step.next = &*items;
    return step;
  }
  const auto properties = schema.find("properties");
  if (properties == schema.end() || token == "*") return step;
  for (const auto& [name, property] : properties->items()) {
    step.known.push_back(text::AppendPointer("", name));
    if (step.known.back() == "/" + token) step.next = &property;
  }
  const auto extra = schema.find("additionalProperties");
  step.impossible = step.next == nullptr && extra != schema.end() && *extra == false &&
                    !schema.contains("patternProperties");
  return step;
}

}  // namespace

ToolCatalog ToolCatalog::Read(const Node& node, LabelMask result_label, Resources& resources) {
  ToolCatalog catalog;
  for (const auto& [name, tool] : node.Members()) {
    catalog.ReadTool(name, tool, result_label, resources);
  }
  if (catalog.tools_.empty()) throw node.Fail("a policy needs at least one tool");
  return catalog;
}

void ToolCatalog::ReadTool(const std::string& name, const Node& node, LabelMask result_label,
                           Resources& resources) {
  node.AllowKeys({"effect", "group", "groups", "aliases", "arguments", "definition", "identity",
                  "result", "remember"});
  Tool tool;
  tool.name = name;
  tool.effect = node["effect"].OneOf({"read", "write", "external"});
  tool.groups = node.StringsOr("groups");
  if (const auto group = node.Find("group")) tool.groups.push_back(group->NonEmptyString());
  if (const auto arguments = node.Find("arguments")) {
    tool.arguments = arguments->json();
    tool.schema = CompileSchemaNode(*arguments, arguments->json());
  }
  ReadProvenance(node, result_label, resources, tool);
  const auto id = static_cast<ToolId>(tools_.size());
  AddName(name, id, node);
  if (const auto aliases = node.Find("aliases")) {
    for (const Node& alias : aliases->Items()) AddName(alias.NonEmptyString(), id, alias);
  }
  tools_.push_back(std::move(tool));
  if (const auto identity = node.Find("identity")) {
    for (const Node& place : identity->Items()) CheckPointer(id, place.String(), place);
  }
}

void ToolCatalog::ReadProvenance(const Node& node, LabelMask result_label, Resources& resources,
                                 Tool& tool) {
  if (const auto definition = node.Find("definition")) {
    tool.definition = definition->NonEmptyString();
    if (tool.definition.size() != kDigestLength ||
        tool.definition.find_first_not_of("0123456789abcdef") != tool.definition.npos) {
      throw definition->Fail("expected 64 lower-case hex digits, the SHA-256 of the definition");
    }
  }
  if (const auto identity = node.Find("identity")) {
    for (const Node& place : identity->Items()) {
      tool.identity.push_back(Place::Read(place, place.NonEmptyString()));
    }
  }
  tool.result.label = tool.result.rest = result_label;
  if (const auto result = node.Find("result")) {
    tool.result = ResultSpec::Read(*result, result_label, resources.labels);
  }
  if (const auto remember = node.Find("remember")) {
    const std::vector<Node> all =
        remember->is_array() ? remember->Items() : std::vector<Node>{*remember};
    for (const Node& one : all) tool.remember.push_back(Remember::Read(one, resources.facts));
  }
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

bool ToolCatalog::HasPins() const {
  return std::any_of(tools_.begin(), tools_.end(),
                     [](const Tool& tool) { return !tool.definition.empty(); });
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
  const Json* schema = &tool(id).arguments;
  std::string done;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const std::string token(pointer.substr(0, pointer.find('/')));
    pointer.remove_prefix(token.size());
    const SchemaStep step = StepInto(*schema, token);
    if (step.impossible) {
      const std::string near = NearestWord("/" + token, step.known);
      throw node.Fail("tool '" + tool(id).name + "' has no argument " + done + "/" + token +
                      (near.empty() ? "" : "; did you mean " + done + near + "?"));
    }
    if (step.next == nullptr) return;
    schema = step.next;
    done += "/" + token;
  }
}

}  // namespace kedge::guards
