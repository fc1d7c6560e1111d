#include "guards/match.h"

#include <algorithm>

#include "guards/schema_node.h"
#include "harness/core/error.h"

namespace kedge::guards {
namespace {

std::string Suggest(const std::string& word, const std::vector<std::string>& known) {
  const std::string near = NearestWord(word, known);
  return near.empty() ? "" : "; did you mean '" + near + "'?";
}

ToolId FindTool(const Node& node, const ToolCatalog& catalog) {
  const std::string name = node.NonEmptyString();
  const ToolId id = catalog.Find(name);
  if (id == kUnknownTool) {
    throw node.Fail("unknown tool '" + name + "'" + Suggest(name, catalog.names()));
  }
  return id;
}

std::vector<Node> OneOrMore(const Node& node) {
  if (!node.is_array()) return {node};
  std::vector<Node> items = node.Items();
  if (items.empty()) throw node.Fail("expected at least one name");
  return items;
}

void KeepTools(const Node& node, const ToolCatalog& catalog, ToolSet& tools) {
  ToolSet named(catalog.size(), false);
  for (const Node& name : OneOrMore(node)) named.Set(FindTool(name, catalog), true);
  for (const ToolId id : tools.ids()) tools.Set(id, named.Has(id));
}

void KeepGroups(const Node& node, const ToolCatalog& catalog, ToolSet& tools) {
  std::vector<std::string> wanted;
  for (const Node& group : OneOrMore(node)) {
    wanted.push_back(group.NonEmptyString());
    if (catalog.HasGroup(wanted.back())) continue;
    throw group.Fail("no tool is in group '" + wanted.back() + "'" +
                     Suggest(wanted.back(), catalog.groups()));
  }
  for (const ToolId id : tools.ids()) {
    const auto& groups = catalog.tool(id).groups;
    tools.Set(id, std::find_first_of(groups.begin(), groups.end(), wanted.begin(), wanted.end()) !=
                      groups.end());
  }
}

void KeepEffect(const Node& node, const ToolCatalog& catalog, ToolSet& tools) {
  const std::string effect = node.OneOf({"read", "write", "external"});
  for (const ToolId id : tools.ids()) tools.Set(id, catalog.tool(id).effect == effect);
}

}  // namespace

bool ToolSet::empty() const {
  return !unknown_ && std::find(known_.begin(), known_.end(), true) == known_.end();
}

std::vector<ToolId> ToolSet::ids() const {
  std::vector<ToolId> out;
  for (std::size_t i = 0; i < known_.size(); ++i) {
    if (known_[i]) out.push_back(static_cast<ToolId>(i));
  }
  return out;
}

ToolSet ReadToolSet(const Node& node, const ToolCatalog& catalog) {
  ToolSet tools(catalog.size(), true);
  const auto names = node.Find("tool");
  const auto groups = node.Find("tool_group");
  const auto effect = node.Find("effect");
  if (names || groups || effect) tools.ForgetUnknown();
  if (names) KeepTools(*names, catalog, tools);
  if (groups) KeepGroups(*groups, catalog, tools);
  if (effect) KeepEffect(*effect, catalog, tools);
  if (const auto except = node.Find("except")) {
    for (const Node& name : OneOrMore(*except)) {
      const ToolId id = FindTool(name, catalog);
      if (!tools.Has(id)) throw name.Fail("'" + catalog.tool(id).name + "' is not selected anyway");
      tools.Set(id, false);
    }
  }
  if (tools.empty()) throw node.Fail("selects no tool: this can never apply");
  return tools;
}

std::string DescribeTools(const ToolSet& tools, const ToolCatalog& catalog) {
  constexpr std::size_t kNamed = 4;
  const std::vector<ToolId> ids = tools.ids();
  if (tools.Has(kUnknownTool)) return "any tool";
  if (ids.size() == 1) return catalog.tool(ids[0]).name;
  std::string out = "one of ";
  for (std::size_t i = 0; i < ids.size() && i < kNamed; ++i) {
    out += (i == 0 ? "" : ", ") + catalog.tool(ids[i]).name;
  }
  return ids.size() > kNamed ? out + ", ..." : out;
}

Match Match::Read(const Node& node, const ToolCatalog& catalog, Resources& resources) {
  node.AllowKeys({"event", "tool", "tool_group", "effect", "except", "args", "result", "actor"});
  if (node.json().empty()) throw node.Fail("say which events the rule is about");
  Match match;
  if (const auto event = node.Find("event")) {
    match.event = *EventTypeFrom(
        event->OneOf({"user_message", "assistant_message", "tool_call", "tool_result",
                      "final_output", "memory_write", "strategy_change", "approval"}));
  }
  if (const auto actor = node.Find("actor")) {
    for (const Node& name : OneOrMore(*actor)) match.actors.push_back(name.NonEmptyString());
  }
  if (HasTool(match.event)) {
    match.tools = ReadToolSet(node, catalog);
  } else if (node.Has("tool") || node.Has("tool_group") || node.Has("effect") ||
             node.Has("except")) {
    throw node.Fail("only tool calls and results have a tool");
  }
  if (const auto arguments = node.Find("args")) {
    if (!HasArguments(match.event)) throw arguments->Fail("these events have no arguments");
    CheckPatterns(*arguments);
    match.arguments = CompileSchemaNode(*arguments, arguments->json());
  }
  if (const auto result = node.Find("result")) {
    if (match.event != EventType::kToolResult) throw result->Fail("only tool results have one");
    CheckPatterns(*result);
    match.result = CompileSchemaNode(*result, result->json());
    resources.uses_results = true;
  }
  return match;
}

std::optional<bool> Match::AcceptsParts(const EventView& view) const {
  if (!actors.empty() &&
      std::find(actors.begin(), actors.end(), view.event().actor) == actors.end()) {
    return false;
  }
  const std::optional<bool> by_arguments = arguments ? arguments->Decide(view.arguments()) : true;
  if (!result || view.type() != event || by_arguments == false) return by_arguments;
  const std::optional<bool> by_result = result->Decide(view.result());
  return by_result == false ? by_result : by_arguments ? by_result : by_arguments;
}

}  // namespace kedge::guards
