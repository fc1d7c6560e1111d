#include <algorithm>

#include "harness/core/error.h"
#include "harness/world/rule_reader.h"
#include "harness/world/tools_file.h"

namespace kedge::world {
namespace {

std::vector<Node> ToolNames(const Node& quirk) {
  if (quirk.Has("tool") == quirk.Has("tools")) {
    throw quirk.Fail("a quirk has either `tool` or `tools`");
  }
  if (quirk.Has("tool")) return {quirk["tool"]};
  std::vector<Node> names = quirk["tools"].Items();
  if (names.empty()) throw quirk["tools"].Fail("name at least one tool");
  return names;
}

ToolDefinition& FindTool(const Node& name, World::Definition& definition) {
  std::vector<std::string> known;
  for (ToolDefinition& tool : definition.tools) {
    if (tool.spec.name == name.String()) return tool;
    known.push_back(tool.spec.name);
  }
  const std::string nearest = NearestWord(name.String(), known);
  throw name.Fail("there is no tool '" + name.String() + "'" +
                  (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
}

QuirkRule ReadRule(const Node& quirk, const ToolDefinition& tool, StatementSet& statements) {
  std::vector<std::string> arguments;
  for (const auto& [name, type] : tool.spec.argument_types.items()) arguments.push_back(name);
  RuleReader reader(statements, arguments, tool.spec.writes);
  QuirkRule rule;
  rule.id = quirk["id"].String();
  if (const auto when = quirk.Find("when")) rule.when = reader.Query(*when);
  rule.guards = reader.Guards(quirk.Find("guards"));
  rule.statements = reader.Statements(quirk.Find("statements"));
  if (const auto instead = quirk.Find("instead")) rule.instead = reader.Statements(instead);
  rule.result = reader.Result(quirk.Find("result"));
  return rule;
}

bool DoesNothing(const QuirkRule& rule) {
  return rule.guards.empty() && rule.statements.empty() && !rule.instead && !rule.result;
}

bool IsActive(const World::Definition& definition, const std::string& id) {
  const auto& chosen = definition.options.quirks;
  return std::find(chosen.begin(), chosen.end(), id) != chosen.end() ||
         std::find(chosen.begin(), chosen.end(), "all") != chosen.end();
}

}  // namespace

void ReadQuirks(const Document& document, StatementSet& statements, World::Definition& definition) {
  const Node root = document.root();
  root.AllowKeys({"quirks"});
  for (const Node& quirk : root["quirks"].Items()) {
    quirk.AllowKeys(
        {"id", "summary", "tool", "tools", "guards", "statements", "instead", "when", "result"});
    const std::string id = ReadIdentifier(quirk["id"]);
    if (id == "all") throw quirk["id"].Fail("'all' stands for every quirk; choose another id");
    auto& ids = definition.quirk_ids;
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) {
      throw quirk["id"].Fail("there are two quirks named " + id);
    }
    ids.push_back(id);
    quirk["summary"].NonEmptyString();
    for (const Node& name : ToolNames(quirk)) {
      ToolDefinition& tool = FindTool(name, definition);
      QuirkRule rule = ReadRule(quirk, tool, statements);
      if (DoesNothing(rule)) throw quirk.Fail("the quirk does nothing");
      if (IsActive(definition, id)) tool.quirks.push_back(std::move(rule));
    }
  }
}

}  // namespace kedge::world
